"""Facts by rule: (subject, attribute, value) from what people say of themselves and of those they name."""

from core.consolidate.facts.attributes import canonical, multiple, same_value
from core.consolidate.facts.reading import changed, find, of_dated
from core.consolidate.facts.told import ME, Found
from core.consolidate.facts.wording import in_words

__all__ = ["ME", "Found", "canonical", "changed", "find", "in_words", "multiple", "of_dated", "same_value"]
