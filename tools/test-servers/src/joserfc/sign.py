"""
Signs the claims of each line of standard input as a JSON Web Token by a fresh key, which is printed first as a JWKS. The argument is the algorithm: RS256, or
HS256, whose key both sides have.
"""

import json
import sys

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

algorithm = sys.argv[1]
about = {"use": "sig", "kid": "k"}
shared = algorithm.startswith("HS")
key = OctKey.generate_key(256, about) if shared else RSAKey.generate_key(2048, about)
print(json.dumps({"keys": [key.as_dict(private=shared)]}))
for line in sys.stdin:
    print(jwt.encode({"alg": algorithm, "typ": "JWT", "kid": "k"}, json.loads(line), key, algorithms=[algorithm]))
