"""A template is shown made-up messages only; what it writes between them is kept if it is the same everywhere."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ModelProblem
from core.inference.chat_format import (
    CHATML,
    Message,
    Role,
    format_as_json,
    format_from_json,
    is_known,
    write_conversation,
)
from core.inference.template import learn

SEED = (
    "{{ bos_token }}{%- for m in messages %}{{ '<seed:bos>' + m['role'] + '\\n' + m['content'] + '<seed:eos>' }}"
    "{%- endfor %}{%- if add_generation_prompt %}{{ '<seed:bos>assistant\\n' }}{%- endif %}"
)
NO_SYSTEM = (
    "{%- for m in messages %}{%- if m.role == 'system' %}{{ raise_exception('no') }}{%- endif %}"
    "[{{ m.role }}]{{ m.content }}[/{{ m.role }}]{%- endfor %}[assistant]"
)
OWN_INSTRUCTIONS = (
    "{%- if messages[0].role != 'system' %}<S>Be kind.</S>{%- endif %}"
    "{%- for m in messages %}<{{ m.role }}>{{ m.content }}</{{ m.role }}>{{ eos_token if m.role == 'assistant' }}"
    "{%- endfor %}<assistant><think></think>"
)
TALK = [
    Message(role=Role.SYSTEM, text="Be brief."),
    Message(role=Role.USER, text="Hello <seed:eos>"),
    Message(role=Role.ASSISTANT, text="Hi."),
    Message(role=Role.USER, text="Why?"),
]


def written(template: str, talk: list[Message]) -> str:
    return "".join(piece.text for piece in write_conversation(learn(template, "</s>"), talk))


def test_an_unknown_familys_turns_are_learned() -> None:
    assert not is_known(SEED)
    assert written(SEED, TALK) == (
        "<seed:bos>system\nBe brief.<seed:eos><seed:bos>user\nHello <seed:eos><seed:eos>"
        "<seed:bos>assistant\nHi.<seed:eos><seed:bos>user\nWhy?<seed:eos><seed:bos>assistant\n"
    )
    assert learn(SEED, "").stop == "<seed:eos>"


def test_what_people_wrote_is_never_part_of_a_learned_mark() -> None:
    pieces = write_conversation(learn(SEED, ""), TALK)
    assert [piece.text for piece in pieces if not piece.mark] == [message.text for message in TALK]


def test_without_a_turn_for_instructions_they_head_the_first_question() -> None:
    assert written(NO_SYSTEM, TALK).startswith("[user]Be brief.\n\nHello <seed:eos>[/user][assistant]Hi.")


def test_a_models_own_instructions_stand_only_where_there_are_none() -> None:
    assert (
        written(OWN_INSTRUCTIONS, TALK[1:2]) == "<S>Be kind.</S><user>Hello <seed:eos></user><assistant><think></think>"
    )
    assert written(OWN_INSTRUCTIONS, TALK).startswith("<system>Be brief.</system><user>")
    assert written(OWN_INSTRUCTIONS, TALK).count("</assistant></s>") == 1


@pytest.mark.parametrize(
    "template",
    [
        "{% for m in messages %}{{ m.content }}",
        "{{ messages[0].__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.popen('true').read() }}",
        "{{ lipsum.__globals__ }}",
        "{{ ''.format.__self__ }}{% for m in messages %}{{ '{0.__class__}'.format(m) }}{% endfor %}",
        "{{ messages.append(1) }}",
        "{% for m in messages %}{{ loop.index }}{{ m.content }}{% endfor %}",
        "{% for m in messages %}<{{ m.content | length }}>{{ m.content }}{% endfor %}",
        "{% for m in messages %}<x>{{ m.content | upper }}</x>{% endfor %}",
        "{% for m in messages %}<x>{{ m.content }}{{ m.content }}</x>{% endfor %}",
        "{% for m in messages | reverse %}<x>{{ m.content }}</x>{% endfor %}",
        "{% for m in messages[:1] %}<x>{{ m.content }}</x>{% endfor %}",
        "{% for m in messages %}<x>{{ m.content[:4] }}</x>{% endfor %}",
        "{% for m in messages %}<x>{{ m.content }}</x>{% endfor %}{{ strftime_now('%d') }}",
        "{% for m in messages %}<x>{{ m.content }}{% if 'another' in m.content %}!{% endif %}</x>{% endfor %}",
        "{% include 'x' %}{% for m in messages %}<x>{{ m.content }}</x>{% endfor %}",
        "{% import 'os' as os %}",
        "{{ 1 / 0 }}",
        "{{ range(10**9) }}",
        "x" * 200_000,
        "{% for m in messages %}" + "<" * 9000 + ">{{ m.content }}{% endfor %}",
    ],
)
def test_a_template_that_does_anything_but_stand_between_messages_is_refused(template: str) -> None:
    with pytest.raises(ModelProblem):
        learn(template, "</s>")


@settings(max_examples=60, deadline=None)
@given(template=st.text(alphabet="{}%<>|/ mesagroltcnfidu.'[]0+\n-", max_size=120))
def test_any_template_is_learned_or_refused_with_a_sentence(template: str) -> None:
    with suppress(ModelProblem):
        assert learn(template, "</s>").stop


def test_a_format_goes_to_the_engine_and_comes_back_as_it_was() -> None:
    for chat in (CHATML, learn(SEED, ""), learn(NO_SYSTEM, "")):
        assert format_from_json(format_as_json(chat)) == chat
    for wrong in (None, {}, [], {**format_as_json(CHATML), "stop": 5}, {**format_as_json(CHATML), "before": {}}):
        with pytest.raises(ModelProblem):
            format_from_json(wrong)
