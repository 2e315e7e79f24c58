"""Transcripts of meetings, and mail."""

ZOOM_NAME = "GMT20240315-130509_Recording.transcript.vtt"
TEAMS_NAME = "Budget 2025-20240315_140509-Meeting Recording.vtt"

ZOOM = """WEBVTT

1
00:00:03.120 --> 00:00:05.870
Dana Miller: Good morning, everybody.

2
00:00:05.900 --> 00:00:09.010
Dana Miller: The offer from Halden is
eleven thousand euros.

3
00:00:10.000 --> 00:00:12.500
Kim Berg: Then we sign on Monday: I call them.

4
00:01:30.000 --> 00:01:32.000
Kim Berg: One more thing.

5
00:01:33.000 --> 00:01:34.000

6
01:02:03.000 --> 01:02:05.000
Dana Miller: Thank you all &amp; goodbye.
"""
"""A cloud recording's transcript: "Name: words" in each cue, as Zoom writes it."""

TEAMS = """\ufeffWEBVTT

NOTE duration:"00:14:00.0000000"

NOTE language:de-de

STYLE
::cue { color: white }

2f9d1e2e-6a55-4a59-9b0d-1c2f8e4b6a10/15-0
00:00:02.000 --> 00:00:04.000
<v Dana Miller>Guten Morgen.</v>

2f9d1e2e-6a55-4a59-9b0d-1c2f8e4b6a10/16-0
00:00:04.500 --> 00:00:07.000 align:start position:0%
<v Dana Miller>Der Vertrag läuft bis <i>Ende Mai</i>.</v>

2f9d1e2e-6a55-4a59-9b0d-1c2f8e4b6a10/22-1
00:00:08.000 --> 00:00:10.000
<v.loud Kim Berg>Ich kündige ihn.</v>
<v Dana Miller>Gut.</v>
"""
"""Voice tags and ids of cues as in https://www.w3.org/TR/webvtt1/ (4.2) and Microsoft Teams' downloads."""

SRT = """1
00:00:01,000 --> 00:00:03,500
[Ada Vogel]: The roof is done.

2
00:00:03,600 --> 00:00:06,000
It cost nine thousand.

3
00:00:06,500 --> 00:00:08,000
>> BEN: And the gutter?

4
00:00:09.000 -> soon
nobody reads this

5
00:00:11,000 --> 00:00:12,000
- please note: this is said, not a name.
"""
"""SubRip, as https://docs.fileformat.com/video/srt/ describes it, with speakers in three usual ways."""

MBOX = """From dana@example.org Fri Mar 15 14:05:09 2024
Message-ID: <offer-1@example.org>
Date: Fri, 15 Mar 2024 14:05:09 +0100
From: =?utf-8?q?Dana_M=C3=BCller?= <dana@example.org>
To: "Berg, Kim" <kim@example.net>
Subject: The offer
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Dear Kim,

the offer is 11,000 =E2=82=AC and stands until 20 March.
>From Monday on I am in Leipzig.

Dana

From kim@example.net Sat Mar 16 08:00:00 2024
Message-ID: <answer-2@example.net>
In-Reply-To: <offer-1@example.org>
References: <offer-1@example.org>
Date: Sat, 16 Mar 2024 08:00:00 -0500
From: Kim Berg <kim@example.net>
To: Dana <dana@example.org>, Ada <ada@example.org>
Subject: Re: The offer
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="mix"

--mix
Content-Type: multipart/alternative; boundary="alt"

--alt
Content-Type: text/plain; charset=iso-8859-1

We sign. The contract is attached.

On Fri, 15 Mar 2024 at 14:05, Dana M\udcfcller <dana@example.org> wrote:
> Dear Kim,
>
> the offer is 11,000 euros.

--alt
Content-Type: text/html; charset=utf-8

<p>We sign.</p>
--alt--
--mix
Content-Type: application/pdf; name="contract.pdf"
Content-Disposition: attachment; filename="contract.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQ=
--mix--

From ada@example.org Sat Mar 16 09:00:00 2024
Message-ID: <html-3@example.org>
In-Reply-To: <lost-0@example.org>
Date: Sat, 16 Mar 2024 15:00:00 +0100
From: Ada <ada@example.org>
To: Kim Berg <kim@example.net>
Subject: AW: WG: The cellar
Content-Type: text/html; charset=utf-8

<html><head><style>p {color: red}</style></head><body><p>The cellar is <b>dry</b> again.</p>
<div class="gmail_quote"><div>Am Do., 14. März 2024 um 10:00 Uhr schrieb Kim Berg &lt;kim@example.net&gt;:</div>
<blockquote><p>Is the cellar still wet?</p></blockquote></div></body></html>

From shop@example.com Sat Mar 16 10:00:00 2024
Message-ID: <spam-4@example.com>
X-Gmail-Labels: Spam,Unread
Date: Sat, 16 Mar 2024 16:00:00 +0000
From: Shop <shop@example.com>
Subject: You won

Click.

From ada@example.org Sat Mar 16 11:00:00 2024
From: Ada <ada@example.org>
To: Kim Berg <kim@example.net>
Subject: no words
Content-Type: image/png; name="a.bin"

From nobody

""".encode("utf-8", "surrogateescape")
"""A mailbox as RFC 4155 has it: mail of RFC 5322 with MIME parts (RFC 2046, RFC 2047), "From " quoted."""

EML = b"""Return-Path: <ben@example.org>\r
Received: from mail.example.org by mx.example.net; Mon, 18 Mar 2024 09:30:00 +0000\r
Message-ID: <one@example.org>\r
Date: Mon, 18 Mar 2024 10:29:58 +0100\r
From: Ben <ben@example.org>\r
To: me@example.net\r
Cc: a@example.org, b@example.org, c@example.org, d@example.org\r
Subject: =?ISO-8859-1?Q?F=E4hre?= at =?UTF-8?B?OTozMA==?=\r
MIME-Version: 1.0\r
Content-Type: text/plain; charset=us-ascii; format=flowed\r
\r
The ferry leaves at half past nine from \r
pier four.\r
\r
-----Original Message-----\r
From: Cleo <cleo@example.org>\r
Sent: Sunday, March 17, 2024 20:00\r
To: Ben\r
Subject: ferry\r
\r
When does it leave?\r
"""
"""One mail saved from a mail program: RFC 5322, `format=flowed` (RFC 3676), an answer above Outlook's divider."""
