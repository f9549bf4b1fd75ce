"""Reads what .ci/mail has made with other programs than kaisei's own: mails by Python's parser and dkimpy, calendar files by icalendar."""
import email
import email.policy
import pathlib
import sys

import dkim
import icalendar

folder = pathlib.Path(sys.argv[1])
out = folder / "out"


def events(text):
    """Returns how many events a calendar file holds, each of which must be whole."""
    calendar = icalendar.Calendar.from_ical(text)
    assert calendar["VERSION"] == "2.0" and calendar["PRODID"] and "METHOD" not in calendar, calendar
    found = calendar.walk("VEVENT")
    for event in found:
        assert event["UID"] and event["SUMMARY"] and event["DTSTART"].dt and event["DTSTAMP"].dt, event
    assert len({event["UID"] for event in found}) == len(found)
    return len(found)


def mail(number, raw, record):
    """Holds one mail to what a mail must be; returns the signatures and events found."""
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    assert not letter.defects, letter.defects
    parts = [part for part in letter.walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts][:2] == ["text/plain", "text/html"], parts
    assert letter["Message-ID"] and letter["Date"].datetime and letter["List-Id"] and letter["List-Unsubscribe"], letter.items()
    (out / f"mail-{number}.html").write_text(parts[1].get_content())
    days = 0
    for part in parts[2:]:
        assert part.get_content_type() == "text/calendar", part.items()
        assert part.get_content_disposition() == "attachment" and part.get_filename() == "kaisei.ics", part.items()
        days += events(part.get_content())
        assert days
    if not letter["DKIM-Signature"]:
        return 0, days
    lookup = {b"k1._domainkey.example.co.jp.": record}
    assert dkim.verify(raw, dnsfunc=lambda name, timeout=5: lookup.get(name)), letter.items()
    assert not dkim.verify(raw.replace(b"Subject:", b"Subject: x", 1), dnsfunc=lambda name, timeout=5: lookup.get(name))
    return 1, days


kept = sorted((folder / "mail" / "new").glob("*"))
if kept:
    record = (folder / "record").read_bytes()
    # A maildir has the line breaks of the system.
    found = [mail(i, f.read_bytes().replace(b"\n", b"\r\n"), record) for i, f in enumerate(kept)]
    signed, days = map(sum, zip(*found))
    assert signed and days, found
    print(f"{len(kept)} mails read by Python's parser, {signed} signatures verified by dkimpy, {days} events read by icalendar")
files = sorted(out.glob("*.ics"))
total = sum(events(f.read_text()) for f in files)
assert files and total, files
print(f"{total} events in {len(files)} calendar files read by icalendar")
