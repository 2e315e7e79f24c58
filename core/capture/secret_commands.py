"""Passwords where programs are given them: on the command line, in SQL, in the files they are read from."""

from core.pattern import Pattern

COMMANDS = (
    Pattern(
        r"(?i)(?<![\w\-])--(?:[a-z]{1,20}-)?(?:password|passwd|passphrase|pass)(?:=|[ \t]+)([\"'])(?P<value>"
        r"[^\"'\n]{3,128})\1"
    ),
    Pattern(
        r"(?i)\bsshpass\b[ \t]+-p[ \t]*(?:([\"'])(?P<value>[^\"'\n]{2,128})\1|(?P<plain>[^\s\"'\-$][^\s\"']{1,128}"
        r"))"
    ),
    Pattern(
        r"(?i)\b(?:identified (?:with \w+ )?by|with (?:login )?(?:encrypted )?password)[ \t]+(?:=[ \t]*)?[\"'](?P<"
        r"value>[^\"'\n]{1,128})[\"']"
    ),
    Pattern(r"(?i)\bpasswort?d?[ \t]+'(?P<value>[^'\n]{3,128})'"),
    Pattern(
        r"(?i)\bconvertto-securestring\b(?:[ \t]+-(?:string|asplaintext|force))*[ \t]+[\"'](?P<value>[^\"'\n]{2,12"
        r"8})[\"']"
    ),
    Pattern(
        r"(?i)\becho[ \t]+(?:-\w[ \t]+)?[\"']?(?P<value>[^\s\"'|]{3,128})[\"']?[ \t]*\|[ \t]*(?:sudo[ \t]+-S|docke"
        r"r[ \t]+login|passwd)\b"
    ),
    Pattern(
        r"(?i)\becho[ \t]+[\"']?[\w.\-]{1,32}:(?P<value>[^\s\"'|]{3,128})[\"']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?chpass"
        r"wd\b"
    ),
    Pattern(r"(?i)\bmysql\w*\b[^\n]{0,80}?[ \t]-p([\"'])(?P<value>[^\"'\n]{2,128})\1"),
    Pattern(r"(?i)\bnet[ \t]+user[ \t]+[\w.\-]{1,32}[ \t]+(?P<value>[^\s/*][^\s]{2,128})"),
    Pattern(
        r"(?i)<[^<>]{0,80}?(?:name|key|type|id)=[\"'][\w.:\-]{0,32}(?:password|passwd|pwd)[\"'][^<>]{0,120}?\bvalu"
        r"e=[\"'](?P<value>[^\"'\n]{1,128})[\"']"
    ),
    Pattern(r"(?i)-pass(?:in|out)?[ \t]+pass:(?P<value>[^\s\"']{2,128})"),
    Pattern(
        r"(?i)\b(?:smbclient|mount\.cifs|rpcclient|net[ \t]+rpc)\b[^\n]{0,120}?[ \t](?:-U[ \t]*)[\"']?[^\s%\"']{1,"
        r"64}%(?P<value>[^\s\"']{1,128})"
    ),
    Pattern(r"(?i)\b(?:sqlplus|rman|expdp|impdp)[ \t]+[\w.\-]{1,32}/(?P<value>[^\s@\"'/]{2,64})@"),
    Pattern(r"(?i)\bredis-cli\b[^\n]{0,80}?[ \t](?:-a|--pass)[ \t]+[\"']?(?P<value>[^\s\"']{3,128})"),
    Pattern(
        r"\b(?:zip|7z|unzip|unrar|rar)\b[^\n]{0,80}?[ \t](?:-P[ \t]+|-p|-hp)[\"']?(?P<value>[^\s\"'\-][^\s\"']{3,1"
        r"28})"
    ),
    Pattern(r"(?i)(?:\bmachine[ \t]+\S{1,128}|\bdefault)\s+login\s+\S{1,128}\s+password\s+(?P<value>\S{1,128})"),
    Pattern(
        r"(?:^|(?<=\n))[ \t]*(?:[\w.\-]{1,128}|\*|localhost):(?:\d{2,5}|\*):[\w.\-*]{1,64}:[\w.\-*]{1,64}:(?P<valu"
        r"e>[^\s:]{3,128})(?=\s|$)"
    ),
    Pattern(r"(?i)<([a-z:]{0,20}(?:password|passwd|pwd))(?:[ \t][^<>]{0,120})?>(?P<value>[^<>\n]{1,128})</\1>"),
    Pattern(r"(?i)\bnmcli\b[^\n]{0,120}?\bpassword[ \t]+[\"']?(?P<value>[^\s\"']{6,128})"),
    Pattern(r"(?i)\bwifi:(?=[^\n]{0,80}\bt:)[^\n]{0,100}?\bp:(?P<value>(?:[^;\\\n]|\\.){1,128});"),
    Pattern(
        r"(?i)\b(?:htpasswd)\b[^\n]{0,60}?[ \t]-[a-z]*b[a-z]*[ \t]+\S{1,64}[ \t]+\S{1,64}[ \t]+(?P<value>[^\s]{3,1"
        r"28})"
    ),
    Pattern(
        r"(?i)\b(?:defaultpassword|autologonpassword)\b[\"']?[ \t]*(?:=|:|reg_sz)[ \t]*[\"']?(?P<value>[^\s\"']{3,"
        r"128})"
    ),
)
"""Each with the password as its group `value`, or `plain` where it is not quoted."""
