"""How recent and how strong an authentication at the provider must be: OpenID Connect Core, section 3.1.2.1."""

import re
from dataclasses import dataclass

from app.domain.text import Text

SELECT_ACCOUNT = "select_account"
PROMPTS = ("none", "login", "consent", SELECT_ACCOUNT)
LONGEST_MAX_AGE_S = 10**9
LONGEST_ACR_VALUES = 400
"""Characters in total: they travel in the attempt's cookie, together with `return_to`."""

_NUMBER = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class StepUp:
    """What is requested of the provider and checked in its answer.

    `prompt` holds words of `PROMPTS`; `max_age` is in seconds; the answer's `acr` must be in `acr_values`, best first.
    """

    prompt: tuple[str, ...] = ()
    max_age: int | None = None
    acr_values: tuple[str, ...] = ()

    @property
    def anew(self) -> bool:
        """The person must authenticate again, whatever session the provider has."""
        return "login" in self.prompt

    @property
    def verified(self) -> bool:
        """Whether the answer must show how or when the person authenticated."""
        return self.anew or self.max_age is not None or bool(self.acr_values)

    def tightened_by(self, request: "StepUp") -> "StepUp":
        """A connection's requirements plus those of one request: never less than the connection requires."""
        prompt = tuple(dict.fromkeys((*self.prompt, *request.prompt)))
        if len(prompt) > 1:
            prompt = tuple(word for word in prompt if word != "none")
        ages = [age for age in (self.max_age, request.max_age) if age is not None]
        narrower = tuple(acr for acr in request.acr_values if acr in self.acr_values)
        return StepUp(
            prompt=prompt,
            max_age=min(ages, default=None),
            acr_values=narrower or self.acr_values or request.acr_values,
        )


NOTHING_MORE = StepUp()
AFRESH = StepUp(prompt=("login",), max_age=60)
"""The person authenticates at the provider now, and the provider must say so, which `max_age` makes it do (OpenID
Connect Core, section 2). With `max_age=0` some providers always find the authentication too old and ask for ever."""


def parse_step_up(*, prompt: str | None, max_age: str | None, acr_values: str | None) -> StepUp:
    """From request parameters; absent and empty ones ask for nothing. Raises ValueError."""
    words = tuple((prompt or "").split())
    if problem := prompt_problem(words):
        raise ValueError(f"prompt {problem}")
    age = (max_age or "").strip()
    if age and (not _NUMBER.fullmatch(age) or int(age) > LONGEST_MAX_AGE_S):
        raise ValueError("max_age is not a number of seconds")
    wanted = tuple(dict.fromkeys((acr_values or "").split()))
    if problem := acr_values_problem(wanted):
        raise ValueError(f"acr_values {problem}")
    return StepUp(prompt=words, max_age=int(age) if age else None, acr_values=wanted)


def prompt_problem(words: tuple[str, ...]) -> str | None:
    """What is wrong with these words as `prompt`; `none` cannot be combined."""
    if any(word not in PROMPTS for word in words) or len(set(words)) != len(words):
        return Text("must be one or more of %(value)s, each once", value=", ".join(PROMPTS))
    return Text("must be none alone, or without it") if "none" in words and len(words) > 1 else None


def acr_values_problem(values: tuple[str, ...]) -> str | None:
    """What is wrong with these words as `acr_values`."""
    if any(not value or not value.isascii() or not value.isprintable() or " " in value for value in values):
        return Text("must be of visible ASCII characters")
    if len(" ".join(values)) > LONGEST_ACR_VALUES:
        return Text(
            "must not have more than %(longest_acr_values)s characters together",
            longest_acr_values=str(LONGEST_ACR_VALUES),
        )
    return None
