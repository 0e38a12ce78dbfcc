"""Domains that no single organisation owns: people get addresses, or names of their own, under them.

A tenant's admin cannot claim one. The list is short on purpose: without control over the zone nobody can put the record
there anyway, so all it saves is a vain attempt, and a mail provider's employee.
"""

FREE_MAIL = frozenset(
    """
    126.com 163.com aim.com aol.com att.net bigpond.com bluewin.ch btinternet.com citromail.hu comcast.net cox.net
    duck.com fastmail.com fastmail.fm free.fr freemail.hu gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net
    googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.fr hotmail.it hushmail.com icloud.com
    indamail.hu inbox.com interia.pl laposte.net libero.it live.co.uk live.com live.de live.nl mac.com mail.com mail.de
    mail.ru mailbox.org me.com msn.com naver.com o2.pl onet.pl op.pl orange.fr outlook.com outlook.de outlook.fr
    pm.me posteo.de proton.me protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com sbcglobal.net sfr.fr
    sky.com t-online.de tuta.com tutanota.com verizon.net virgilio.it wanadoo.fr web.de wp.pl yahoo.co.in yahoo.co.jp
    yahoo.co.uk yahoo.com yahoo.de yahoo.fr yahoo.it yahoo.ro yandex.com yandex.ru ymail.com zoho.com
    """.split()  # noqa: SIM905 - words in lines are read at a glance, and one a line is not
)

PUBLIC_SUFFIXES = frozenset(
    """
    ac.at ac.id ac.il ac.in ac.jp ac.kr ac.nz ac.th ac.uk ac.za asn.au co.at co.hu co.id co.il co.in co.jp co.kr co.nz
    co.th co.uk co.za com.ar com.au com.br com.cn com.co com.cy com.ec com.eg com.es com.gr com.hk com.hr com.mt com.mx
    com.my com.ng com.pe com.ph com.pk com.pl com.pt com.ro com.ru com.sa com.sg com.tr com.tw com.ua com.uy com.ve
    com.vn edu.au edu.cn edu.pl edu.sg edu.tr firm.in gen.in gen.tr go.jp go.kr go.th gob.mx gouv.fr gov.au gov.br
    gov.cn gov.hu gov.il gov.in gov.pl gov.sg gov.tr gov.uk gov.za id.au info.hu info.pl info.ro ltd.uk me.uk mil.pl
    ne.jp net.au net.br net.cn net.in net.nz net.pl net.tr net.uk net.za nhs.uk nom.br nom.es nom.ro or.at or.jp or.kr
    or.th org.au org.br org.cn org.es org.hu org.il org.in org.mx org.nz org.pl org.ro org.sg org.tr org.uk org.za
    plc.uk police.uk priv.hu sch.uk store.ro waw.pl web.id web.tr
    appspot.com azurewebsites.net blogspot.com cloudfront.net duckdns.org dyndns.org firebaseapp.com github.io
    gitlab.io herokuapp.com myshopify.com netlify.app no-ip.org onmicrosoft.com onrender.com pages.dev sharepoint.com
    vercel.app web.app wordpress.com workers.dev
    """.split()  # noqa: SIM905 - words in lines are read at a glance, and one a line is not
)


def free_mail(domain: str) -> bool:
    return domain in FREE_MAIL


def public_suffix(domain: str) -> bool:
    return domain in PUBLIC_SUFFIXES
