"""What a WSGI server loads: `app.wsgi:app`."""

from app.adapters.logs import configure_logs
from app.factory import create_app
from app.settings import load_settings
from app.wiring import build

settings = load_settings()
configure_logs(development=settings.development)
bridge = build(settings)
app = create_app(settings, bridge=bridge)
