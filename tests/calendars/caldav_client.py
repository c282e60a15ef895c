#!/usr/bin/python3
"""A CalDAV client for the tests: reads commands as lines of JSON from stdin and answers each with one line.

Usage: caldav_client.py URL    {"save": "<iCalendar>"} files an entry as a mail program does, by its UID;
                               {"list": true} answers what the server has: [{uid, sequence, start, status}].
"""
import json
import sys

import caldav

client = caldav.DAVClient(sys.argv[1], username="maya", password="anything")
calendar = client.principal().make_calendar(name="Lessons")


def event_of(text):
    """The entry without METHOD, which RFC 4791 (4.1) keeps out of a calendar collection."""
    return "\r\n".join(line for line in text.split("\r\n") if not line.startswith("METHOD:"))


def listed(item):
    event = item.vobject_instance.vevent
    return {"uid": event.uid.value, "sequence": int(event.sequence.value), "status": event.status.value,
            "start": event.dtstart.value.isoformat()}


for line in sys.stdin:
    command = json.loads(line)
    if "save" in command:
        # The client would count SEQUENCE itself: it is ours that is tried.
        caldav.Event(client, data=event_of(command["save"]), parent=calendar).save(increase_seqno=False)
        answer = {}
    else:
        answer = [listed(item) for item in calendar.events()]
    print(json.dumps(answer), flush=True)
