#!/usr/bin/env python3
"""forges.py FOLDER LOG CERT KEY: plays github.com, gitlab.com and git.sr.ht.

An HTTP proxy on a free port of the loopback, which it prints. CONNECT to any
host is answered by ourselves, over TLS with CERT. What is asked is a line of
LOG: host, path, and the headers that show a token.
"""
import http.server
import json
import os
import ssl
import sys

folder, log, cert, key = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
REV = "0123456789012345678901234567890123456789"
OLD = "9876543210987654321098765432109876543210"


class Handler(http.server.BaseHTTPRequestHandler):
    host = ""

    def log_message(self, *args):
        pass

    def do_CONNECT(self):
        self.send_response(200)
        self.end_headers()
        self.host = self.path.split(":")[0]
        self.connection = context.wrap_socket(self.connection,
                                              server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)
        self.close_connection = False

    def answer(self, body, status=200):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        token = self.headers.get("Authorization",
                                 self.headers.get("Private-token", "-"))
        with open(log, "a") as f:
            f.write("%s %s %s\n" % (self.host, self.path, token))
        path = self.path
        if "private" in path and token == "-":
            self.answer(b"no", 404)
        elif "/archive" in path or "/tarball/" in path:
            name = "old" if OLD in path else "new"
            with open(os.path.join(folder, name + ".tar.gz"), "rb") as f:
                self.answer(f.read())
        elif "/repository/commits" in path:
            known = path.endswith("=HEAD") or path.endswith("=main")
            self.answer(json.dumps([{"id": REV}] if known else []).encode())
        elif "/commits/" in path:
            rev = OLD if path.endswith("/v1") else REV
            tree = {"tree": {"sha": REV}}
            self.answer(json.dumps({"sha": rev, "commit": tree}).encode())
        elif path.endswith("/HEAD"):
            self.answer(b"ref: refs/heads/main\n")
        elif path.endswith("/info/refs"):
            self.answer(("%s\trefs/heads/main\n%s\trefs/tags/v1\n" %
                         (REV, OLD)).encode())
        else:
            self.answer(b"no", 404)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
