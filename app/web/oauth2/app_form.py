"""The forms of apps and API credentials."""

from collections.abc import Collection
from dataclasses import replace

from wtforms import BooleanField, HiddenField, SelectMultipleField, StringField, TextAreaField

from app.domain.oauth2.client import Client, GrantType
from app.domain.oauth2.client_settings import ClientSettings
from app.domain.oauth2.client_type import GRANTS_OF_TYPE, ClientType
from app.domain.oauth2.signing_alg import SigningAlg
from app.web.consoles.console_form import ConsoleForm, one_line, stripped

_NOT_ON_EVERY_FORM = ("redirect_uris", "post_logout_redirect_uris", "backchannel_logout_uri")
_SCOPES_AT_FIRST = ("openid", "profile", "email")


class AppForm(ConsoleForm):
    """`AppService` judges what is typed: a scope or grant that is not offered is refused there, not dropped here."""

    name = StringField(filters=[one_line])
    redirect_uris = TextAreaField(filters=[stripped])
    post_logout_redirect_uris = TextAreaField(filters=[stripped])
    backchannel_logout_uri = StringField(filters=[stripped])
    grants = SelectMultipleField(choices={grant.value: grant.value for grant in GrantType}, validate_choice=False)
    scopes = SelectMultipleField(choices={}, validate_choice=False)
    expires_iso = BooleanField()
    es256 = BooleanField()
    trusted = BooleanField()
    version = HiddenField()
    form = HiddenField()
    """Tells apart the forms that were shown, so that one sent twice makes one app."""

    @classmethod
    def blank(cls, kind: ClientType, *, form: str, trusted: bool) -> "AppForm":
        grants = [grant.value for grant in GRANTS_OF_TYPE[kind] if grant is not GrantType.CLIENT_CREDENTIALS]
        scopes = () if kind is ClientType.CREDENTIAL else _SCOPES_AT_FIRST
        return cls(data={"form": form, "grants": grants, "scopes": list(scopes), "trusted": trusted})

    @classmethod
    def of(cls, client: Client) -> "AppForm":
        return cls(
            data={
                "name": client.name,
                "redirect_uris": "\n".join(client.redirect_uris),
                "post_logout_redirect_uris": "\n".join(client.post_logout_redirect_uris),
                "backchannel_logout_uri": client.backchannel_logout_uri or "",
                "grants": [grant.value for grant in client.grants],
                "scopes": list(client.scopes),
                "expires_iso": client.expires_iso,
                "es256": client.signing_alg is SigningAlg.ES256,
                "trusted": client.trusted,
                "version": client.version,
            }
        )

    def settings(self, kind: ClientType, before: Client | None = None) -> ClientSettings:
        """What the form has no field for stays as it was."""
        typed = ClientSettings(
            name=self.name.data or "",
            redirect_uris=_lines(self.redirect_uris.data),
            grants=self._grants(kind),
            scopes=tuple(dict.fromkeys(self.scopes.data or ())),
            trusted=bool(self.trusted.data),
            expires_iso=bool(self.expires_iso.data),
            signing_alg=SigningAlg.ES256 if self.es256.data else SigningAlg.RS256,
            backchannel_logout_uri=self.backchannel_logout_uri.data or None,
            post_logout_redirect_uris=_lines(self.post_logout_redirect_uris.data),
        )
        unasked = [key for key in _NOT_ON_EVERY_FORM if not self[key].raw_data]
        return replace(typed, **{key: getattr(before, key) for key in unasked}) if before else typed

    def _grants(self, kind: ClientType) -> tuple[GrantType, ...]:
        """Always the one that makes it an app of its type."""
        chosen: Collection[str] = {GRANTS_OF_TYPE[kind][0].value, *(self.grants.data or ())}
        return tuple(grant for grant in GrantType if grant.value in chosen)


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys((text or "").split()))
