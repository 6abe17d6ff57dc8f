"""A shop that keeps its orders in a database, small enough to be an argument: what an app that is bound looks like.

It takes all that it knows from its binding, and connects anew for every request: whatever is wrong, it fails at once.
"""

from typing import Any

IMAGE = "ghcr.io/cloudnative-pg/postgresql:15-bookworm"  # the sandbox's one image with Python and a client
USER = 26
PORT = 8080

PROGRAM = """
import os, psycopg2
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

URI = os.environ.get("ORDERS_URI") or open("/bindings/orders/uri").read()
MAKE = "CREATE TABLE IF NOT EXISTS orders (n bigserial PRIMARY KEY, at timestamptz DEFAULT clock_timestamp())"
ASK = {
    "/ready": "SELECT 1",
    "/who": "SELECT current_user",
    "/rows": "SELECT count(*) FROM orders",
    "/write": "INSERT INTO orders DEFAULT VALUES RETURNING n",
}

def query(text):
    connection = psycopg2.connect(URI, connect_timeout=3)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(text)
            return str(cursor.fetchone()[0]) if cursor.description else ""
    finally:
        connection.close()

class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            status, body = 200, "alive" if self.path == "/live" else query(ASK[self.path])
        except Exception as error:
            status, body = 503, str(error)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())
    def log_message(self, *_):
        pass

try:
    query(MAKE)
except psycopg2.errors.UniqueViolation:
    pass  # two copies at the same moment
ThreadingHTTPServer(("", 8080), Shop).serve_forever()
"""


def shop(**changes: Any) -> dict[str, Any]:
    """The shop as a stack file has it."""
    return {
        "image": IMAGE,
        "args": ["python3", "-c", PROGRAM],
        "port": PORT,
        "user": USER,
        "memory": "128Mi",
        "health": {"ready": "/ready", "live": "/live"},
        "replicas": 2,
        "bindings": {"orders": {"database": "orders"}},
    } | changes
