"""How fresh and how strong a sign-in at the provider has to be: OpenID Connect Core, section 3.1.2.1."""

import re
from dataclasses import dataclass

SELECT_ACCOUNT = "select_account"
PROMPTS = ("none", "login", "consent", SELECT_ACCOUNT)
LONGEST_MAX_AGE_S = 10**9
LONGEST_ACR_VALUES = 400
"""All together, in characters: they travel in the attempt's cookie, with an address to go on to."""

_NUMBER = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class StepUp:
    """What is asked of the provider, and held against its answer.

    `prompt` are words of `PROMPTS`; `max_age` in seconds; the answer's `acr` must be one of `acr_values`, best first.
    """

    prompt: tuple[str, ...] = ()
    max_age: int | None = None
    acr_values: tuple[str, ...] = ()

    @property
    def anew(self) -> bool:
        """The person must sign in again, whatever session the provider has."""
        return "login" in self.prompt

    @property
    def verified(self) -> bool:
        """Whether the answer must show anything: how somebody signed in, or when."""
        return self.anew or self.max_age is not None or bool(self.acr_values)

    def tightened_by(self, request: "StepUp") -> "StepUp":
        """This of a connection, and what one request wants beyond it: never less than the connection asks."""
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
"""The person signs in at the provider at this very moment, and the provider says so: with `max_age` it must (OpenID
Connect Core, section 2). Of 0 seconds some providers make a sign-in that is always too old, and ask for ever."""


def parse_step_up(*, prompt: str | None, max_age: str | None, acr_values: str | None) -> StepUp:
    """From the parameters of a request; none and an empty one ask for nothing. Raises ValueError."""
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
    """What is wrong with these as `prompt`; `none` stands alone."""
    if any(word not in PROMPTS for word in words) or len(set(words)) != len(words):
        return f"must be one or more of {', '.join(PROMPTS)}, each once"
    return "must be none alone, or without it" if "none" in words and len(words) > 1 else None


def acr_values_problem(values: tuple[str, ...]) -> str | None:
    """What is wrong with these as `acr_values`."""
    if any(not value or not value.isascii() or not value.isprintable() or " " in value for value in values):
        return "must be of visible ASCII characters"
    if len(" ".join(values)) > LONGEST_ACR_VALUES:
        return f"must not have more than {LONGEST_ACR_VALUES} characters together"
    return None
