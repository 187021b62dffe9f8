"""The synthetic mail pages, served over real TLS at the providers' own origins."""

import ssl
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

PAGES = Path(__file__).parent / "pages"
HOSTS = {"mail.google.com": "gmail.html", "outlook.office.com": "outlook.html"}


class MailOrigins:
    """One TLS server for all mail hosts; the browser is told to resolve them to it. `port` is its port."""

    def __init__(self) -> None:
        authority = trustme.CA()
        certificate = authority.issue_cert(*HOSTS)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Page, directory=str(PAGES)))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def browser_flags(self) -> list[str]:
        """Resolve the mail hosts to this server, and let it count as public so that local network rules apply."""
        rules = ", ".join(f"MAP {host} 127.0.0.1:{self.port}" for host in HOSTS)
        return [
            f"--host-resolver-rules={rules}",
            f"--ip-address-space-overrides=127.0.0.1:{self.port}=public",
        ]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Page(SimpleHTTPRequestHandler):
    """Any path of a mail host gives that host's page; files of the pages folder are served as they are."""

    def translate_path(self, path: str) -> str:
        asked = Path(super().translate_path(path))
        if asked.is_file():
            return str(asked)
        host = (self.headers.get("Host") or "").partition(":")[0]
        return str(PAGES / HOSTS[host])

    def log_message(self, format: str, *args: object) -> None:
        pass
