"""A small real SMTP server for tests: it speaks just enough of RFC 5321 to take a letter, or to refuse it."""
import socketserver
import threading
from contextlib import suppress
from email import message_from_bytes, policy


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        with suppress(ConnectionError):  # whoever is killed while talking says no goodbye
            self._talk()

    def _talk(self):
        self.wfile.write(b"220 tests\r\n")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self._letter()
            elif verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            elif verb == b"RCPT" and self.server.refuse:
                self.wfile.write(self.server.refusal + b"\r\n")
            else:
                self.wfile.write(b"250 tests\r\n")

    def _letter(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                self.server.raw.append(b"".join(lines))
                self.server.letters.append(message_from_bytes(self.server.raw[-1], policy=policy.default))
                self.wfile.write(b"250 taken\r\n")
                return
            lines.append(line[1:] if line.startswith(b"..") else line)


class MailServer(socketserver.ThreadingTCPServer):
    """`letters` holds what arrived (`raw`: as bytes); with `refuse` it takes none, with `refusal` as its word."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.letters, self.raw, self.refuse, self.refusal = [], [], False, b"450 not now"

    @property
    def port(self):
        return self.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
