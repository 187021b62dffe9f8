"""Which words tell an answer: penalised logistic regression over the words of texts, the same result each run.

For scripts/weigh-words and scripts/weigh-letters. A text's odds are the bias and the weights of its known features
divided by the root of how many those are, or of `fewest`: one word alone tells little.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

COST = 10.0
"""What a text read wrongly costs beside large weights; 3 and 30 read the texts of unknown authors a little worse."""
LEANING = 0.5
"""Power of how far a feature's texts lean to one answer (the log-count ratio of Wang and Manning 2012)."""
BIAS = 3.0
ROUNDS, STEPS, SEED = 80, 4, 1

Placed = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Text:
    """Its features, each once and in order, the answer, and how many texts it counts for."""

    features: Sequence[str]
    yes: bool
    counts: float = 1.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """What an answer was learned to hang on: log odds of each feature in a text with one feature alone."""

    bias: float
    weights: Mapping[str, float]
    fewest: int

    def odds(self, features: Iterable[str]) -> float:
        known = [self.weights[name] for name in features if name in self.weights]
        return self.bias + sum(known) / math.sqrt(max(self.fewest, len(known)))

    def most_telling(self, texts: Iterable[Text], most: int) -> "Fitted":
        """With so many weights: those that tell most of the most texts."""
        count = Counter(name for text in texts for name in text.features)
        kept = sorted(self.weights, key=lambda name: (-abs(self.weights[name]) * math.sqrt(count[name]), name))[:most]
        return Fitted(self.bias, {name: self.weights[name] for name in kept}, self.fewest)


def most_telling(learned: Mapping[str, Fitted], texts: Iterable[Sequence[str]], most: int) -> dict[str, Fitted]:
    """Of several answers learned from the same features: with so many of these, those that tell most."""
    count = Counter(name for features in texts for name in features)
    names = next(iter(learned.values())).weights
    telling = {
        name: max(abs(each.weights[name]) for each in learned.values()) * math.sqrt(count[name]) for name in names
    }
    kept = sorted(telling, key=lambda name: (-telling[name], name))[:most]
    return {
        answer: Fitted(each.bias, {name: each.weights[name] for name in kept}, each.fewest)
        for answer, each in learned.items()
    }


def rarity(texts: Sequence[Sequence[str]], *, least: int, power: float) -> dict[str, float]:
    """Each feature of at least so many texts, with how rare it is, 1 on average: words of all texts say little."""
    count = Counter(name for features in texts for name in features)
    rare = {name: math.log(len(texts) / many) for name, many in count.items() if many >= least}
    mean = sum(rare.values()) / len(rare)
    return {name: (each / mean) ** power for name, each in rare.items()}


def fit(texts: Sequence[Text], worth: Mapping[str, float], *, fewest: int) -> Fitted:
    """Coordinate descent in the dual (Yu, Huang and Lin 2011), in a new order each round; both answers weigh the same.

    `worth` is how much of itself each feature may tell; those not in it are not learned.
    """
    scales = _leaning(texts, worth)
    numbers = {name: number for number, name in enumerate(sorted(scales), start=1)}
    signs = [1.0 if text.yes else -1.0 for text in texts]
    half = sum(text.counts for text in texts) / 2
    share = {yes: COST * half / sum(text.counts for text in texts if text.yes == yes) for yes in (True, False)}
    costs = [share[text.yes] * text.counts for text in texts]
    rows = [_placed(text.features, numbers, scales, fewest) for text in texts]
    lengths = [sum(value * value for _, value in row) for row in rows]
    pulls = [0.001 * cost for cost in costs]
    weights = [0.0] * (len(numbers) + 1)
    for row, sign, pull in zip(rows, signs, pulls, strict=True):
        _move(weights, row, sign * pull)
    order, chance = list(range(len(rows))), Random(SEED)
    for _ in range(ROUNDS):
        chance.shuffle(order)
        for at in order:
            row, sign = rows[at], signs[at]
            said = sign * sum([weights[number] * value for number, value in row])
            pull = _pulled(said, lengths[at], pulls[at], costs[at])
            _move(weights, row, sign * (pull - pulls[at]))
            pulls[at] = pull
    return Fitted(BIAS * weights[0], {name: weights[at] * scales[name] for name, at in numbers.items()}, fewest)


def _leaning(texts: Sequence[Text], worth: Mapping[str, float]) -> dict[str, float]:
    """`worth`, larger for features of texts that mostly have one answer."""
    yes = Counter(name for text in texts if text.yes for name in text.features)
    no = Counter(name for text in texts if not text.yes for name in text.features)
    share = sum(no[name] + 1 for name in worth) / sum(yes[name] + 1 for name in worth)
    leans = {name: abs(math.log((yes[name] + 1) / (no[name] + 1) * share)) for name in worth}
    mean = sum(leans.values()) / len(leans)
    return {name: each * (leans[name] / mean) ** LEANING for name, each in worth.items()}


def _placed(features: Iterable[str], numbers: Mapping[str, int], scales: Mapping[str, float], fewest: int) -> Placed:
    """The known features by number, each with its value; 0 is the bias."""
    known = [name for name in features if name in numbers]
    root = math.sqrt(max(fewest, len(known)))
    return [(0, BIAS), *((numbers[name], scales[name] / root) for name in known)]


def _move(weights: list[float], row: Placed, step: float) -> None:
    for number, value in row:
        weights[number] += step * value


def _pulled(said: float, length: float, pull: float, cost: float) -> float:
    """How much a text pulls at the weights when they fit it best: between 0 and its cost (Newton's steps)."""
    start = now = pull
    for _ in range(STEPS):
        slope = said + length * (now - start) + math.log(now / (cost - now))
        after = now - slope / (length + cost / (now * (cost - now)))
        now = min(max(after, now / 10), cost - (cost - now) / 10)
    return now
