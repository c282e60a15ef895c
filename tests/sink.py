#!/usr/bin/python3
"""An SMTP relay of the tests: writes each mail as a line of JSON and syncs it before it says 250.

Usage: sink.py PORT FILE [--certificate PEM] [--refuse TEXT] [--delay SECONDS]
With --certificate it insists on STARTTLS; recipients with TEXT in them get 550.
"""
import argparse
import asyncio
import email
import email.policy
import json
import os
import ssl
import time

from aiosmtpd.controller import Controller

parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("file")
parser.add_argument("--certificate")
parser.add_argument("--refuse")
parser.add_argument("--delay", type=float, default=0)
settings = parser.parse_args()


class Sink:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if settings.refuse and settings.refuse in address:
            return "550 5.1.1 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
        line = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "headers": dict(message.items()),
                "parts": {kind: part.decode() if isinstance(part, bytes) else part for kind, part in parts.items()},
                "tls": session.ssl is not None}
        with open(settings.file, "a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")
            out.flush()
            os.fsync(out.fileno())
        await asyncio.sleep(settings.delay)
        return "250 OK"


context = None
if settings.certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings.certificate)
controller = Controller(Sink(), hostname="127.0.0.1", port=settings.port, tls_context=context,
                        require_starttls=context is not None)
controller.start()
parent = os.getppid()
while os.getppid() == parent:  # Ends with whoever started it.
    time.sleep(0.2)
