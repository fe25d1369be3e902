"""What answering costs: tokens, time and money."""

from __future__ import annotations

from pipelines.core.value import Value


class Usage(Value):
    """Of one arm. Tokens are means a request, the prompt's examples and context included; `p50_ms` and
    `p95_ms` are the latency of whole answers, one at a time, over `timed` requests on the serving path.
    """

    requests: int
    prompt_tokens: float
    answer_tokens: float
    timed: int
    p50_ms: float
    p95_ms: float


class Price(Value):
    """What a base costs where it runs. Prices are per million tokens and per hour of training."""

    currency: str = "USD"
    prompt_per_million: float
    answer_per_million: float
    training_per_hour: float = 0.0

    def per_thousand(self, usage: Usage) -> float:
        """The cost of 1,000 requests."""
        tokens = usage.prompt_tokens * self.prompt_per_million + usage.answer_tokens * self.answer_per_million
        return tokens / 1000

    def of_training(self, seconds: float) -> float:
        return seconds / 3600 * self.training_per_hour
