#!/usr/bin/env python3
"""server.py FOLDER LOG: serves FOLDER's files over HTTP on a free port of the
loopback, which it prints. The first step of a path says how:

  /plain/F      the file, with an etag; ranges and If-None-Match are understood
  /away/F       a redirection to /plain/F       /round/F   one to itself
  /to-file/F    a redirection to a file: URL    /status/N  the status N
  /cut/F        half of the file, then the end; ranges give the rest
  /cut-always/F half of the file, whatever is asked for
  /flaky/F      twice the status 503, then the file
  /slow/F       the file, a second late         /secret/F  only with a password
  /token/F      only with "Authorization: token abc"
  /immutable/F  the file and a Link to /plain/F
  /trickle/F    the file, in pieces, for three seconds
  /changing/F   the file, with another etag each time

Each request is a line of LOG: method, path, range.
"""
import http.server
import os
import sys
import time

folder, log = sys.argv[1:]
count = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, headers=(), body=b"", length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length",
                         str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def file(self, name, half=False, ranges=True, headers=(), etag=None,
             slowly=False):
        try:
            with open(os.path.join(folder, name), "rb") as f:
                body = f.read()
        except OSError:
            return self.answer(404)
        etag = etag or '"%d-%d"' % (len(body), sum(body))
        headers = [("ETag", etag), *headers]
        if self.headers.get("If-None-Match") == etag:
            return self.answer(304, headers)
        start = 0
        wanted = self.headers.get("Range", "")
        if ranges and wanted and self.headers.get("If-Range") == etag:
            start = int(wanted.split("=")[1].split("-")[0])
            if start >= len(body):
                return self.answer(416, headers)
            headers.append(("Content-Range", "bytes %d-%d/%d" %
                            (start, len(body) - 1, len(body))))
        rest = body[start:]
        sent = rest[:len(rest) // 2] if half and not start else rest
        if slowly:
            self.answer(206 if start else 200, headers, b"", len(rest))
            for i in range(30):
                self.wfile.write(rest[len(rest) * i // 30:
                                      len(rest) * (i + 1) // 30])
                time.sleep(0.1)
            return
        self.answer(206 if start else 200, headers, sent, len(rest))
        if len(sent) < len(rest):
            self.close_connection = True

    def do_GET(self):
        with open(log, "a") as f:
            f.write("%s %s %s\n" % (self.command, self.path,
                                    self.headers.get("Range", "-")))
        path = self.path.split("?")[0]
        _, how, name = path.split("/", 2)
        n = count[path] = count.get(path, 0) + 1
        auth = self.headers.get("Authorization", "")
        if how == "away":
            self.answer(302, [("Location", "/plain/" + name)])
        elif how == "round":
            self.answer(302, [("Location", path)])
        elif how == "to-file":
            self.answer(302, [("Location", "file://" + folder + "/" + name)])
        elif how == "status":
            self.answer(int(name), body=b"no")
        elif how == "cut":
            self.file(name, half=True)
        elif how == "cut-always":
            self.file(name, half=True, ranges=False)
        elif how == "flaky" and n <= 2:
            self.answer(503)
        elif how == "slow":
            time.sleep(1)
            self.file(name)
        elif how == "trickle":
            self.file(name, slowly=True)
        elif how == "secret" and auth != "Basic dXNlcjpwYXNz":
            self.answer(401, [("WWW-Authenticate", 'Basic realm="x"')])
        elif how == "token" and auth != "token abc":
            self.answer(403)
        elif how == "immutable":
            link = "http://%s/plain/%s" % (self.headers["Host"], name)
            self.file(name, headers=[("Link", '<%s>; rel="immutable"' % link)])
        elif how == "changing":
            self.file(name, etag='"%d"' % n)
        else:
            self.file(name)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
