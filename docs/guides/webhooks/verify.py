import base64
import hashlib
import hmac
import time

TOLERANCE_SECONDS = 300


def is_genuine(headers, body, secret, now=None):
    """Whether a delivery comes from Coffer, unchanged, at most five minutes ago.

    headers: by lower-case name. body: the raw bytes, before anything has parsed them. secret: as in coffer.webhooks[].secret.
    """
    now = time.time() if now is None else now
    event_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
    signed = f"{event_id}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(each.encode(), expected.encode()) for each in given)
