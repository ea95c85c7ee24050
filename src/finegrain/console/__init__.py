"""The console: pages for operations people, built on NiceGUI and mounted into the server."""

from __future__ import annotations
