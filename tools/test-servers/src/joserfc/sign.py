"""Signs the claims of each line of standard input as a JSON Web Token, by a fresh key that is printed first as a JWKS."""

import json
import sys

from joserfc import jwt
from joserfc.jwk import RSAKey

key = RSAKey.generate_key(2048, {"use": "sig", "kid": "k"})
print(json.dumps({"keys": [key.as_dict(private=False)]}))
for line in sys.stdin:
    print(jwt.encode({"alg": "RS256", "typ": "JWT", "kid": "k"}, json.loads(line), key))
