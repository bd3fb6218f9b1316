"""What is sent to the server: OpenTelemetry, webhooks of forges, sessions that a laptop pushes.

A request's rows go through one writer into the inbox, and are acknowledged once they are on the
disk; a thread reads the inbox into the store. The application makes one `Ingest`, puts it at
`app.state.ingest`, starts and stops it, and includes `router`.
"""

from landed.server.ingest.ingest import Ingest
from landed.server.ingest.routes import router

__all__ = ["Ingest", "router"]
