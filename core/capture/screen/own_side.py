"""Where on a screen the owner's side of a chat can be believed: in programs for chats and on their sites."""

from urllib.parse import urlsplit

_OWN_PROGRAMS = frozenset(
    name
    for names in (
        "slack discord whatsapp whatsdesk zapzap telegram telegram-desktop telegramdesktop signal signal-desktop",
        "element element-desktop teams teams-for-linux microsoft-teams ms-teams skype mattermost mattermost-desktop",
        "zulip rocket.chat threema threema-desktop viber wire messenger caprine messages fractal nheko fluffychat",
        "dino gajim pidgin hexchat konversation quassel quasselclient polari",
    )
    for name in names.split()
)
"""Programs that show chats and nothing else: what stands on the owner's side there, the owner wrote."""
_OWN_HOSTS = frozenset(
    name
    for names in (
        "web.whatsapp.com app.slack.com teams.microsoft.com teams.live.com discord.com web.telegram.org",
        "chat.google.com messages.google.com www.messenger.com app.element.io web.threema.ch",
    )
    for name in names.split()
)


def surely_own(app: str, url: str) -> bool:
    """Whether the owner's side can be believed: a program for chats or its site, not any page that draws one."""
    program = app.casefold().strip().removesuffix(".exe").replace(" ", "-")
    return program in _OWN_PROGRAMS or (urlsplit(url).hostname or "") in _OWN_HOSTS
