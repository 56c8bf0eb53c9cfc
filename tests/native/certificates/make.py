"""Makes the files of this folder anew, with OpenSSL 3 and Python 3: `python3 make.py`.

The keys serve these tests and nothing else. The certificates are valid for a hundred years. The passphrase is "Pässwörd ☂",
or none where a file's name says so.
"""
import hashlib
import hmac
import os
import subprocess

PASS = "Pässwörd ☂"


def openssl(*words, out=None):
    done = subprocess.run(["openssl", *words], check=True, capture_output=True)
    if out:
        with open(out, "wb") as file:
            file.write(done.stdout)
    return done.stdout


def read(name):
    with open(name, "rb") as file:
        return file.read()


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)


def tlv(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + (bytes([size]) if size < 128 else bytes([0x80 | len(digits)]) + digits) + content


def items(data):
    while data:
        length, start = data[1], 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(data[2:start], "big")
        yield data[0], data[start : start + length]
        data = data[start + length :]


# --- keys and certificates
openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "pkcs8.pem")
openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "ca.tmp")
openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "middle.tmp")
openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "other-key.pem")
days = ["-days", "36500"]
openssl("req", "-x509", "-key", "ca.tmp", "-subj", "/CN=Test root", *days, "-out", "root.pem")
for name, key, issuer, signer in [("middle", "middle.tmp", "root.pem", "ca.tmp"), ("leaf", "pkcs8.pem", "middle.pem", "middle.tmp")]:
    openssl("req", "-new", "-key", key, "-subj", f"/CN=Test {name}", "-out", f"{name}.csr")
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", issuer, "-CAkey", signer, "-set_serial", "7", *days, "-out", f"{name}.pem")
os.rename("leaf.csr", "request.pem")
write("chain.pem", read("root.pem") + read("leaf.pem") + read("middle.pem"))
openssl("x509", "-in", "leaf.pem", "-outform", "DER", "-out", "leaf.der")
openssl("x509", "-in", "leaf.pem", "-trustout", "-addtrust", "clientAuth", "-out", "trusted.pem")
openssl("crl2pkcs7", "-nocrl", "-certfile", "chain.pem", "-out", "pkcs7.pem")
openssl("req", "-x509", "-key", "other-key.pem", "-subj", "/CN=Other", *days, "-out", "other.pem")

# --- the key in every form
openssl("rsa", "-in", "pkcs8.pem", "-traditional", "-out", "pkcs1.pem")
openssl("rsa", "-in", "pkcs8.pem", "-traditional", "-outform", "DER", "-out", "pkcs1.der")
openssl("pkcs8", "-topk8", "-nocrypt", "-in", "pkcs8.pem", "-outform", "DER", "-out", "pkcs8.der")
for cipher in ["aes128", "aes256", "des3"]:
    openssl("rsa", "-in", "pkcs8.pem", "-traditional", f"-{cipher}", "-passout", f"pass:{PASS}", "-out", f"pkcs1-{cipher}.pem")
topk8 = ["pkcs8", "-topk8", "-in", "pkcs8.pem", "-passout", f"pass:{PASS}"]
for cipher, prf in [("aes-128-cbc", "hmacWithSHA1"), ("aes-192-cbc", "hmacWithSHA384"), ("aes-256-cbc", "hmacWithSHA256"), ("des3", "hmacWithSHA512")]:
    openssl(*topk8, "-v2", cipher, "-v2prf", prf, "-out", f"encrypted-{cipher}-{prf}.pem")
openssl(*topk8, "-v2", "aes-256-cbc", "-outform", "DER", "-out", "encrypted.der")
openssl(*topk8, "-scrypt", "-out", "encrypted-scrypt.pem")
openssl(*topk8, "-v1", "PBE-SHA1-3DES", "-out", "encrypted-pkcs12-3des.pem")
openssl(*topk8, "-v1", "PBE-MD5-DES", "-provider", "legacy", "-provider", "default", "-out", "unsupported-md5-des.pem")


def encrypted(derivation_oid, *parameters):
    """A key that nobody should begin to decrypt."""
    derivation = tlv(0x30, tlv(6, bytes.fromhex(derivation_oid)), tlv(0x30, tlv(4, b"saltsalt"), *parameters))
    cipher = tlv(0x30, tlv(6, bytes.fromhex("60864801650304012a")), tlv(4, bytes(16)))
    return tlv(0x30, tlv(0x30, tlv(6, bytes.fromhex("2a864886f70d01050d")), tlv(0x30, derivation, cipher)), tlv(4, bytes(64)))


write("costly-pbkdf2.der", encrypted("2a864886f70d01050c", tlv(2, (10_000_001).to_bytes(4, "big"))))
write("costly-scrypt.der", encrypted("2b06010401da47040b", tlv(2, (2**20).to_bytes(3, "big")), tlv(2, b"\x08"), tlv(2, b"\x01")))

# --- PFX
export = ["pkcs12", "-export", "-inkey", "pkcs8.pem", "-in", "leaf.pem", "-certfile", "chain.pem", "-name", "Test"]
legacy = ["-legacy"]
for name, password, options in [
    ("modern", PASS, []),
    ("legacy", PASS, legacy),
    ("legacy-3des", PASS, ["-legacy", "-descert"]),
    ("legacy-rc2-128", PASS, ["-legacy", "-certpbe", "PBE-SHA1-RC2-128", "-keypbe", "PBE-SHA1-2DES"]),
    ("rc4", PASS, ["-legacy", "-keypbe", "PBE-SHA1-RC4-128", "-certpbe", "NONE"]),
    ("no-mac", PASS, ["-nomac"]),
    ("plain", "", ["-keypbe", "NONE", "-certpbe", "NONE", "-nomac"]),
    ("sha512-mac", PASS, ["-macalg", "sha512"]),
    ("keyex", PASS, ["-keyex", "-CSP", "Microsoft Enhanced RSA and AES Cryptographic Provider"]),
    ("empty-passphrase", "", []),
    ("legacy-empty-passphrase", "", legacy),
]:
    openssl(*export, *options, "-passout", f"pass:{password}", "-out", f"{name}.pfx")
openssl("pkcs12", "-in", "keyex.pfx", "-passin", f"pass:{PASS}", "-noenc", "-out", "bags.pem")
os.remove("keyex.pfx")
openssl("pkcs12", "-export", "-nokeys", "-in", "leaf.pem", "-passout", f"pass:{PASS}", "-out", "without-key.pfx")

# RFC 9579's MAC, which OpenSSL writes from 3.4 on.
(_, pfx), = items(read("no-mac.pfx"))
(_, version), (_, safe) = items(pfx)
(_, _), (_, explicit) = items(safe)
(_, content), = items(explicit)
salt, rounds = b"saltsalt", 2048
key = hashlib.pbkdf2_hmac("sha256", PASS.encode(), salt, rounds, 32)
null, sha256 = tlv(5), tlv(6, bytes.fromhex("2a864886f70d0209"))
derivation = tlv(0x30, tlv(6, bytes.fromhex("2a864886f70d01050c")), tlv(0x30, tlv(4, salt), tlv(2, rounds.to_bytes(2, "big")), tlv(2, b"\x20"), tlv(0x30, sha256, null)))
pbmac1 = tlv(0x30, tlv(6, bytes.fromhex("2a864886f70d01050e")), tlv(0x30, derivation, tlv(0x30, sha256, null)))
mac = tlv(0x30, tlv(0x30, pbmac1, tlv(4, hmac.digest(key, content, "sha256"))), tlv(4, b"NOT USED"), tlv(2, b"\x01"))
write("pbmac1.pfx", tlv(0x30, tlv(2, version), tlv(0x30, safe), mac))

# BER as NSS and Java write it: no lengths, octet strings in pieces, on every layer.
(_, pfx), = items(read("modern.pfx"))
parts = list(items(pfx))


def endless(tag, *parts):
    return bytes([tag, 0x80]) + b"".join(parts) + b"\0\0"


def pieces(tag, data):
    return endless(tag, *(tlv(4, data[at : at + 1000]) for at in range(0, len(data), 1000)))


(_, identifier), (_, explicit) = items(parts[1][1])
(_, content), = items(explicit)
(_, safes), = items(content)
rewritten = []
for _, safe in items(safes):
    (_, kind), (_, inner) = items(safe)
    if kind.hex() == "2a864886f70d010706":
        (_, data), = items(inner)
        (_, number), (_, info) = items(data)
        (_, data_kind), (_, algorithm), (_, encrypted) = items(info)
        inner = endless(0x30, tlv(2, number), endless(0x30, tlv(6, data_kind), tlv(0x30, algorithm), pieces(0xA0, encrypted)))
    else:
        (_, bags), = items(inner)
        inner = pieces(0x24, bags)
    rewritten.append(endless(0x30, tlv(6, kind), endless(0xA0, inner)))
content = endless(0x30, *rewritten)
# The MAC is over the content as it is now.
(_, digest_info), (_, salt), (_, rounds) = items(parts[2][1])


def pkcs12_mac_key(password, salt, rounds):
    block = 64
    fill = lambda part: (part * (block // len(part) + 1 + len(part)))[: -(-len(part) // block) * block]
    state = bytes([3]) * block + fill(salt) + fill(password.encode("utf-16-be") + b"\0\0")
    for _ in range(rounds):
        state = hashlib.sha256(state).digest()
    return state


digest = hmac.digest(pkcs12_mac_key(PASS, salt, int.from_bytes(rounds, "big")), content, "sha256")
(_, algorithm), _ = items(digest_info)
mac = tlv(0x30, tlv(0x30, tlv(0x30, algorithm), tlv(4, digest)), tlv(4, salt), tlv(2, rounds))
write("ber.pfx", endless(0x30, tlv(2, b"\x03"), endless(0x30, tlv(6, identifier), endless(0xA0, pieces(0x24, content))), mac))

# --- what is refused
openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", "ec-sec1.pem")
openssl("pkcs8", "-topk8", "-nocrypt", "-in", "ec-sec1.pem", "-out", "ec.pem")
openssl("genpkey", "-algorithm", "ED25519", "-out", "ed25519.pem")
openssl("genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "rsa-pss.pem")
openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024", "-out", "short.pem")
openssl("pkey", "-in", "pkcs8.pem", "-pubout", "-out", "public.pem")
openssl("rsa", "-in", "pkcs8.pem", "-RSAPublicKey_out", "-out", "public-pkcs1.pem")
subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", "ssh.pem"], check=True)
os.rename("ssh.pem.pub", "ssh-public.txt")
for name in os.listdir("."):
    if name.endswith(".tmp") or name in ("middle.csr",):
        os.remove(name)
