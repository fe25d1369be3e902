"""A bundle as the model of lm-evaluation-harness: asked as the server asks it, and fast on many items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM
from lm_eval.models.utils import handle_stop_sequences, normalize_gen_kwargs, postprocess_generated_text

from pipelines.core.errors import DataError
from pipelines.core.training_set import Example, Message
from pipelines.core.value import canonical_json
from pipelines.integrations.batched_answers import Likelihood, greedy_answers, likelihoods
from pipelines.integrations.bundle import LoadedBundle
from pipelines.integrations.generation import context_length, end_tokens
from pipelines.integrations.shared_prompts import Prompt, SharedPrompts, shares

BATCH_SIZE = 64
GREEDY: Final = frozenset(("do_sample", "temperature", "until", "max_gen_toks"))

Asked = tuple[str, str]
"""A task, and an item of it."""


@dataclass(frozen=True)
class Written:
    """A whole answer as the model wrote it, and how many tokens that took, the one that ends it included."""

    text: str
    tokens: int


class HarnessModel(HFLM):  # type: ignore[misc]
    """HFLM whose prompts go through the bundle's prompter, and that computes what prompts share only once.

    `shown` holds what a prompt shows, `prompts` the tokens of each prompt, `written` each answer.
    """

    def __init__(self, bundle: LoadedBundle, *, name: str, answer_tokens: int) -> None:
        # The harness ties weights once more, which an adapter with saved modules does not survive; the
        # ones it has are proven to give the trainer's logits.
        bundle.model.tie_weights = lambda *_, **__: None
        super().__init__(
            pretrained=bundle.model, tokenizer=bundle.tokenizer, batch_size=BATCH_SIZE, add_bos_token=False
        )
        self._prompter, self._name = bundle.prompter, name
        self._room = int(min(self.max_length, context_length(self.model))) - answer_tokens
        self._shares = shares(bundle.model)
        self._shared: SharedPrompts | None = None
        self._ids: dict[str, list[int]] = {}
        self._prompts: dict[tuple[tuple[Message, ...], bool], str] = {}
        self.shown: dict[str, tuple[Example, ...]] = {}
        self.prompts: dict[Asked, int] = {}
        self.written: dict[Asked, Written] = {}

    def apply_chat_template(
        self, chat_history: Sequence[Mapping[str, str]], add_generation_prompt: bool = True
    ) -> str:
        messages = tuple(Message(role=said["role"], content=said["content"]) for said in chat_history)
        key = (messages, add_generation_prompt)
        if key not in self._prompts:  # tasks ask the same items
            asked = [message.model_dump() for message in self._prompter.messages(messages)]
            self._prompts[key] = prompt = super().apply_chat_template(asked, add_generation_prompt)
            self.shown[prompt] = self._prompter.shown(messages)
        return self._prompts[key]

    def tok_encode(self, string: str, *_: Any, **__: Any) -> list[int]:
        """The tokens of a text. As for the server, the chat template has written the special ones."""
        self._read((string,))
        return self._ids[string]

    def loglikelihood(self, requests: list[Instance], disable_tqdm: bool = True) -> list[Likelihood]:
        self._read(self._prompts.values())
        self._read(text for request in requests for text in (request.args[0], "".join(request.args)))
        self._check_fits(requests)
        found: list[Likelihood] = super().loglikelihood(requests, disable_tqdm=disable_tqdm)
        return found

    def _loglikelihood_tokens(self, requests: list[Any], *rest: Any, **options: Any) -> list[Likelihood]:
        if self._shares and all(continuation for _, _, continuation in requests):
            pairs = [(tuple(prompt), continuation) for _, prompt, continuation in requests]
            return likelihoods(self._together({prompt for prompt, _ in pairs}), pairs)
        found: list[Likelihood] = super()._loglikelihood_tokens(requests, *rest, **options)
        return found

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = True) -> list[str]:
        """The answers without citations; as they were written they are kept in `written`."""
        self._read(self._prompts.values())
        self._read(request.args[0] for request in requests)
        self._check_fits(requests)
        alike: defaultdict[bytes, list[Instance]] = defaultdict(list)
        for request in requests:
            alike[canonical_json(request.args[1])].append(request)
        for group in alike.values():
            self.written.update(zip(map(_asked, group), self._write(group, disable_tqdm), strict=True))
        return [self._prompter.answer(self.written[_asked(request)].text).text for request in requests]

    def _write(self, requests: list[Instance], disable_tqdm: bool) -> list[Written]:
        """The answers of requests with the same options."""
        options = normalize_gen_kwargs(requests[0].args[1], self.max_gen_toks)
        if not self._shares or options["do_sample"] or not options.keys() <= GREEDY:
            texts = super().generate_until(requests, disable_tqdm=disable_tqdm)
            return [Written(text, len(self.tok_encode(text))) for text in texts]
        stops = [stop for stop in handle_stop_sequences(options["until"], eos=None) if stop]
        ends = end_tokens(self.model, self.tokenizer)
        prompts = [tuple(self._ids[request.args[0]]) for request in requests]
        written = greedy_answers(
            self._together(set(prompts)),
            wanted=set(prompts),
            ends=ends,
            limit=options["max_gen_toks"],
            stops=stops,
            decode=lambda rows: list(map(self.tok_decode, rows)),
        )
        answers = [written[prompt] for prompt in prompts]
        texts = [self.tok_decode(row[:-1] if row[-1] in ends else row) for row in answers]
        return [
            Written(postprocess_generated_text(text, stop=stops, think_end_token=None), len(row))
            for text, row in zip(texts, answers, strict=True)
        ]

    def _together(self, wanted: set[Prompt]) -> SharedPrompts:
        """All prompts of this evaluation, so that tasks with the same items read them once. The harness may
        ask for less than a whole prompt; such ones are a company of their own.
        """
        if self._shared is None or not wanted <= self._shared.prompts.keys():
            known = (tuple(self._ids[text]) for text in self._prompts.values())
            whole = {prompt for prompt in known if len(prompt) <= self._room}
            self._shared = SharedPrompts(self.model, sorted(whole if wanted <= whole else wanted))
        return self._shared

    def _read(self, texts: Iterable[str]) -> None:
        """Tokenize what is new, all at once: one at a time costs twice as much."""
        new = [text for text in dict.fromkeys(texts) if text not in self._ids]
        if new:
            ids = self.tokenizer(new, add_special_tokens=False)["input_ids"]
            self._ids.update(zip(new, ids, strict=True))

    def _check_fits(self, requests: Sequence[Instance]) -> None:
        """The harness cuts a prompt that is too long from the left, silently: here it is an error."""
        for request in requests:
            # Some metrics ask for an answer without its question as well.
            tokens = len(self._ids[request.args[0]])
            self.prompts[_asked(request)] = max(tokens, self.prompts.get(_asked(request), 0))
        cut = sorted({item for (_, item), tokens in self.prompts.items() if tokens > self._room})
        if cut:
            raise DataError(
                f"golden items for {self._name}",
                f"fit into {self._room} tokens",
                f"{len(cut)} longer, first {cut[0]}",
                "Shorten these items or use a base with more positions.",
            )


def _asked(request: Instance) -> Asked:
    return str(request.task_name), str(request.doc["id"])
