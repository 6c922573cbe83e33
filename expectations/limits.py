"""The limits, each with its reason."""

from typing import Final

from tasks.diagnosis.proof import MARGIN as GAIN_MARGIN
from tasks.noise.pool_account import REPETITION
from tasks.shift.budget import MARGIN

PRACTICAL_MARGIN: Final = 0.10
"""Cliff's delta, and total variation, up to which two samples count as alike.

The usual cut-off for a negligible delta (0.147) is folklore about ordinal surveys. This one is derived. Let a model's
error depend on a descriptor's rank u in (0, 1) as steeply as a straight line can without going below zero:
e(u) = e (1 + c (2u - 1)) with |c| <= 1. Cliff's delta = 2 AUC - 1 is twice the difference of the two samples' mean
ranks, so their errors differ by e c delta: at most delta times the error. With 0.10 an error of 10 % reads one point
apart at worst, well inside the interval of the usual set (500 rows: +-2.6 points). Put otherwise, AUC 0.55: somebody
who guesses from the descriptor which of the two samples a record came from is right 55 % of the time instead of 50 %.
The same number bounds total variation (label shares, categories, missing values): the errors of two samples differ by
at most the total variation times the spread of the error between labels.
"""

WASSERSTEIN_MARGIN: Final = 0.18
"""The same shift in pooled standard deviations: a normal descriptor that moves by d has delta = 2 Phi(d / sqrt 2) - 1,
so delta 0.10 is d = 0.178."""

JOINT_MARGIN: Final = MARGIN
"""Energy distance up to which two samples count as alike: see `tasks.shift.budget.MARGIN`."""

GAIN: Final = GAIN_MARGIN
"""Points of error that synthetic records must be able to gain: see `tasks.diagnosis.proof.MARGIN`."""

JOINT_LEVEL: Final = 0.01
"""Level of a joint test. Samples drawn from one pool meet the null hypothesis exactly, however many rows there are, so
the p-value may decide alone; at 0.05 one sound build in twenty would be refused."""

JOINT_UNDECIDED: Final = 0.05
"""A joint test between its level and this p-value neither passes nor fails."""

FEWEST_ROWS: Final = 100
"""Rows on each side from which the silence of a joint test counts as evidence: with fewer, a shift of 0.4 standard
deviations in one descriptor goes unseen more often than one time in five (16 / d^2 rows a side for 80 % power)."""

FEWEST_ATOMS: Final = 5
"""Atoms on each side from which a joint test can fail at all: four against four can be dealt in 70 ways, so a permuted
p-value never comes below 0.014."""

AS_NEAR: Final = 0.05
"""Share of random splits of the same atoms that may be as near as the splits drawn. Matched splits are nearer than all
of a thousand where atoms are many; beyond one in twenty, drawing at random would have done as well."""

FAMILY_LEVEL: Final = 0.05
"""Share of false discoveries among the descriptors of one pair. The p-values of the measurements table are adjusted
over the descriptors already (`tasks.shift.multiplicity`); adjusting them again would hide shifts."""

FEWEST_ROWS_OF_A_LABEL: Final = 10
"""Below it, one answer moves the label's error by more than ten points."""

SIMILAR_AMOUNTS: Final = 0.5
"""Annotated training records of a label, as a share of the most annotated label's. One model for several labels serves
all of them where their amounts are similar; a label with less than half as many is learned mostly from what the others
teach the model, and its error on its own says whether that helps."""

OUTSIDE_TRAIN: Final = 0.01
"""Share of dev or test whose number lies beyond every number in train. Of n + 1 values from one law, one lies beyond
the other n with probability 2 / (n + 1): with 200 training rows, 1 % are expected by chance alone."""

REACHED: Final = 0.5
"""Share of what another sample of the target covers (Naeem et al. 2020) that synthetic data should. On other writers'
digits, in the task space, where test covers .99: a generic policy .02, fitted ones .41 to 1."""

LARGEST_ATOM_SHARE: Final = 0.10
"""A set whose largest atom holds the share s is worth at most 1 / s^2 independent atoms: 100."""

SHORTFALL: Final = 0.10
"""A split that misses a tenth of its rows has an interval 5 % wider than planned (1 / sqrt 0.9)."""

EMBEDDED: Final = 0.01
"""Share of a split that may lack a vector of an embedding. Those records are no part of what is compared in it; one in
a hundred moves a mean by a hundredth of how far they are from the rest."""

QUARANTINED_NOTED: Final = 0.01
"""Share of an input in the quarantine that somebody should look into."""

QUARANTINED_REFUSED: Final = 0.20
"""A fifth of an input unreadable is no longer a few bad files: what is left is another sample than was meant."""

FEWEST_NOISES: Final = 10.0
"""Effective number of noise recordings: below it, one recording is more than a tenth of the noise on average, and what
a model knows of noise rests on it as a set rests on an atom of that share (`LARGEST_ATOM_SHARE`)."""

FEWEST_NOISES_AT_ALL: Final = 1.5
"""Below it nearly all noise is one recording. A model then hears in the noise which records are synthetic, and nobody
can tell what it makes of any other noise."""

NOISE_REPEATED: Final = REPETITION
"""See `tasks.noise.pool_account.REPETITION`."""

NOISE_REPEATED_AT_MOST: Final = 100 * REPETITION
"""A second of noise heard a thousand times is an hour of noise behind a thousand hours of speech: people do not hear
that it repeats, a model learns it by heart."""

NOISE_TONAL: Final = 0.0
"""What may be music or a voice is for a person to judge, however little of it is heard."""

NOISE_COVERED: Final = 0.5
"""Coverage of the target's noise, as a share of how much of one recording of the pool the others cover. A target whose
noise is one more of the pool's kind comes near 1; clean speech beside a pool of weather and animals is at .07."""

NOISE_LEARNED: Final = 0.05
"""Errors in recordings that a model has not heard, over those in recordings that it has. Five in a hundred are what the
interval of a usual dev set hides. On spoken digits at 0 dB 19 recordings leave .04, six of ten seconds .10, six of half
a second .21."""
