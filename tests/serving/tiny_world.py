"""A bucket with a signed ledger, a random base of a few kilobytes, promotions of random adapters on it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.archive import Archive
from pipelines.core.arm import PROMPTED, Method, PromptKind
from pipelines.core.base_model import ApprovedBase
from pipelines.core.candidate import Candidate
from pipelines.core.promotion import PROMOTION, ROLLBACK, Promotion, Rollback, standing
from pipelines.core.prompt_recipe import PromptRecipe
from pipelines.core.training_set import Example, Message
from pipelines.core.value import sha256_hex
from pipelines.integrations.base_models import LocalBaseModels
from pipelines.integrations.bundle import write_bundle
from pipelines.integrations.classifier_bundle import bare_classifier, write_classifier
from pipelines.integrations.clock import SystemClock
from pipelines.integrations.directory_store import DirectoryStore
from pipelines.integrations.folder_digest import folder_sha256
from pipelines.integrations.prompt_packer import PromptPacker
from pipelines.integrations.signing import Ed25519Signer
from pipelines.ledger import Ledger
from pipelines.serving.app import build_watcher
from pipelines.serving.watcher import Watcher
from pipelines.settings import Ports, Settings

MODEL, BASE = "tax-desk", "tiny"
CONTEXT = 512
LABELS = ("complaint", "praise", "question")
PROBE = tuple(range(5, 37))
TEMPLATE = (
    "{% for m in messages %}{% if m['role'] == 'system' and not loop.first %}"
    "{{ raise_exception('a system message comes first') }}{% endif %}"
    "<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def tokenizer() -> Any:
    """One token a byte, so that answers are full of broken and of multi-byte characters."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    special = ("<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>")
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE({t: i for i, t in enumerate((*special, *letters))}, []))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens(list(special))
    fast_tokenizer: Any = PreTrainedTokenizerFast
    fast: Any = fast_tokenizer(tokenizer_object=made, pad_token="<|pad|>", eos_token="<|end|>")
    fast.chat_template = TEMPLATE
    return fast


def write_base(folder: Path, seed: int = 0) -> Path:
    """A base of random weights."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    words = tokenizer()
    shape = LlamaConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        intermediate_size=32,
        max_position_embeddings=CONTEXT,
        initializer_range=0.5,
        tie_word_embeddings=True,
        pad_token_id=words.pad_token_id,
        eos_token_id=words.eos_token_id,
        bos_token_id=None,
    )
    LlamaForCausalLM(shape).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


@cache
def _shared() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="tiny-world-")


@cache
def base_folder() -> Path:
    """The base, made once in a test run."""
    return write_base(Path(_shared().name) / BASE)


@cache
def classifier_folder() -> Path:
    """The bundle of a random classifier, made once in a test run."""
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(7)
    bare = bare_classifier(base_folder(), len(LABELS), tokenizer().pad_token_id, "float32")
    adapted: Any = get_peft_model(
        bare, LoraConfig(task_type="SEQ_CLS", r=2, target_modules=["q_proj", "v_proj"])
    )
    with torch.no_grad():
        for name, weights in adapted.named_parameters():
            if "lora_" in name or "score" in name:
                weights.normal_(0.0, 0.5)
    out = Path(_shared().name) / "classifier"
    write_classifier(
        adapted.eval(),
        tokenizer(),
        LABELS,
        base_folder=base_folder(),
        base_name=BASE,
        out=out,
        probe_ids=PROBE,
        binding={"training_set": "a" * 64},
    )
    return out


@cache
def bundle_folder(seed: int) -> Path:
    """The bundle of a random adapter, made once in a test run; another seed is another adapter."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(base_folder())
    adapted: Any = get_peft_model(
        model, LoraConfig(task_type="CAUSAL_LM", r=2, target_modules=["q_proj", "v_proj"])
    )
    torch.manual_seed(1000 + seed)
    with torch.no_grad():
        for name, weights in adapted.named_parameters():
            if "lora_" in name:
                weights.normal_(0.0, 0.5)
    out = Path(_shared().name) / f"bundle-{seed}"
    binding = {"training_set": "a" * 64}
    write_bundle(
        adapted, tokenizer(), base_folder=base_folder(), out=out, probe_text_ids=PROBE, binding=binding
    )
    return out


def approved() -> ApprovedBase:
    """The base, approved as it is."""
    return ApprovedBase(
        name=BASE,
        revision="1",
        sha256=folder_sha256(base_folder()),
        licence="Apache-2.0",
        parameters=5000,
        memory_gib=0.1,
        privacy_classes=("public",),
        path=str(base_folder()),
    )


def rows() -> tuple[Example, ...]:
    """What a package may show: every number's word."""
    return tuple(
        Example(
            source="numbers",
            row=sha256_hex(word.encode()),
            prompt=(Message(role="user", content=f"What is {number}?"),),
            completion=(Message(role="assistant", content=word),),
        )
        for number, word in enumerate(("zero", "one", "two", "three"))
    )


@cache
def package_folder(kind: PromptKind) -> Path:
    """A package that shows at most two rows, made once in a test run."""
    recipe = PromptRecipe(kind=kind, examples=2, max_tokens=100)
    out = Path(_shared().name) / kind
    PromptPacker().pack(
        base=approved(), folder=base_folder(), examples=rows(), recipe=recipe, binding={}, out=out
    )
    return out


class World:
    """An installation below `home`, with the private key: it promotes as the pipeline does."""

    def __init__(self, home: Path, *, port: int = 8000) -> None:
        self.settings = Settings(
            project=home, home=home, bucket=str(home / "bucket"), ports=Ports(server=port)
        )
        self.approved = approved()
        self.store = DirectoryStore(home / "bucket")
        self.archive = Archive(self.store)
        secrets = self.settings.secrets
        self.signer = Ed25519Signer(secrets / "ledger.key", secrets / "ledger.pub")
        (home / "approved.json").write_bytes(self.approved.to_json())

    @property
    def ledger(self) -> Ledger:
        return self.ledger_of(MODEL)

    def ledger_of(self, model: str) -> Ledger:
        return Ledger(self.store, f"ledger/models/{model}/", signer=self.signer, clock=SystemClock())

    def promote(self, seed: int, *, base_sha256: str | None = None) -> Promotion:
        """The next version: the adapter of this seed, as candidate of MODEL."""
        return self._promote(bundle_folder(seed), "lora", base_sha256)

    def promote_classifier(self) -> Promotion:
        """The next version: a classifier of LABELS."""
        return self._promote(classifier_folder(), "lora")

    def promote_package(self, kind: PromptKind) -> Promotion:
        """The next version: a prompt package of this kind."""
        return self._promote(package_folder(kind), kind)

    def _promote(self, bundle: Path, method: Method, base_sha256: str | None = None) -> Promotion:
        entries = self.ledger.entries()
        version = standing(entries).next_version
        candidate = Candidate(
            model=MODEL,
            training_set="a" * 64,
            base=BASE,
            base_sha256=base_sha256 or self.approved.sha256,
            method=method,
            recipe="b" * 64,
            steps=0 if method in PROMPTED else 1,
            bundle=self.archive.keep_folder(bundle),
        )
        promotion = Promotion(model=MODEL, version=version, candidate=candidate, decision="c" * 64)
        self.ledger.append(entries, PROMOTION, promotion, op=f"promotion/{version}")
        return promotion

    def roll_back(self, version: int) -> None:
        said = Rollback(model=MODEL, version=version, reason="a test")
        self.ledger.append(self.ledger.entries(), ROLLBACK, said, op=f"rollback/{version}")

    def stored(self, promotion: Promotion, path: str) -> Path:
        """Where the bucket holds this file of a bundle."""
        sha256 = promotion.candidate.bundle.sha256_of(path)
        (found,) = (self.settings.home / "bucket" / "blobs").rglob(f"{sha256}*")
        return found

    def watcher(self) -> Watcher:
        return watcher(self.settings)


def watcher(settings: Settings) -> Watcher:
    """The server's watcher, as a process builds it that holds only the public key."""
    approved = ApprovedBase.model_validate(json.loads((settings.home / "approved.json").read_bytes()))
    signer = Ed25519Signer(None, settings.secrets / "ledger.pub")
    store, folders = DirectoryStore(Path(settings.bucket)), LocalBaseModels(settings.bases)
    return build_watcher(settings, (MODEL,), store, folders, lambda: {approved.name: approved}, signer)


def flip_a_byte(path: Path) -> None:
    """The smallest damage there is."""
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
