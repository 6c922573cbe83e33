"""Audio noise: deterministic, exact in its ratio, honest about what is made up."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.noise.audio import MADE_UP, PAIRED, apply, draw
from tasks.noise.audio_bounds import AUDIO
from tasks.noise.policy import Policy, default_policy, scaled
from tasks.noise.pool import EMPTY, SHORTEST_RESPONSE_S, Clip, Folder, Pool, load_pool
from tasks.noise.snr import active_power

RATES = (8000, 16000, 22050, 44100)


def voice(seconds: float, rate: int, seed: int = 0, level: float = 0.05) -> np.ndarray:
    t = np.arange(round(seconds * rate)) / rate
    tone = np.sin(2 * np.pi * (120 + 10 * seed) * t) + 0.5 * np.sin(2 * np.pi * (700 + 50 * seed) * t)
    return (level * tone).astype(np.float32)


def clip(name: str, recording: str, seconds: float, rate: int, seed: int) -> Clip:
    steps = np.random.default_rng(seed).integers(-30000, 30000, round(seconds * rate)).astype(np.int16)
    return Clip(name, recording, steps, 1e-5, rate, float(np.mean((steps * 1e-5) ** 2)))


POOL = Pool((clip("a/1", "a", 1, 8000, 1), clip("a/2", "a", 3, 8000, 2), clip("b/1", "b", 0.3, 44100, 3)))
ROOMS = Pool((Clip("r", "r", np.array([0, 0, 20000, 0, 8000, 0, 0, -4000] * 20, np.int16), 1e-5, 16000, 1e-3),))
DEFAULT = default_policy("audio")
ALL_AT_ONCE = Policy.model_validate(
    {
        "modality": "audio",
        "operations": [
            {
                "name": name,
                "probability": 1,
                "magnitudes": {
                    key: {"uniform": [limits.low, limits.high]} for key, limits in bounds.parameters.items()
                },
            }
            for name, bounds in AUDIO.items()
        ],
    }
)


def only(name: str, seed: int = 1, n: int = 1, pool: Pool = POOL, rooms: Pool = ROOMS, **magnitudes: float) -> pa.Table:
    fixed = {key: {"uniform": [value, value]} for key, value in magnitudes.items()}
    policy = Policy.model_validate(
        {"modality": "audio", "operations": [{"name": name, "probability": 1, "magnitudes": fixed}]}
    )
    return draw(policy, [f"p{i}" for i in range(n)], copies=1, seed=seed, pool=pool, rooms=rooms)


def do(
    samples: np.ndarray, rate: int, name: str, pool: Pool = POOL, rooms: Pool = ROOMS, **magnitudes: float
) -> np.ndarray:
    draws = only(name, pool=pool, rooms=rooms, **magnitudes)
    return apply([(samples, rate)], draws, pool=pool, rooms=rooms)[0]


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(8)), st.integers(0, 100))
def test_a_result_depends_on_its_sound_and_row_only(order, seed) -> None:
    sounds = [(voice(0.1 + 0.07 * i, RATES[i % 4], i), RATES[i % 4]) for i in range(8)]
    parents = [f"p{i}" for i in range(8)]
    draws = draw(DEFAULT, parents, copies=1, seed=seed, pool=POOL, rooms=ROOMS)
    whole = apply(sounds, draws, pool=POOL, rooms=ROOMS)
    order = list(order)
    shuffled = draw(DEFAULT, [parents[i] for i in order], copies=1, seed=seed, pool=POOL, rooms=ROOMS)
    assert shuffled.equals(draws.take(order))
    for place, made in zip(order, apply([sounds[i] for i in order], shuffled, pool=POOL, rooms=ROOMS), strict=True):
        assert np.array_equal(made, whole[place])
        alone = apply([sounds[place]], draws.slice(place, 1), pool=POOL, rooms=ROOMS)[0]
        assert np.array_equal(alone, whole[place])


@pytest.mark.parametrize("n", [1, 2, 3, 50, 159, 400, 5001])
@pytest.mark.parametrize("rate", RATES)
def test_length_range_and_type_are_as_promised_with_everything_at_once(n, rate) -> None:
    sounds = [(voice(1, rate, level=0.6)[:n], rate), (np.zeros(n, np.float32), rate), (np.ones(n, np.float32), rate)]
    for seed in range(4):
        draws = draw(ALL_AT_ONCE, ["a", "b", "c"], copies=1, seed=seed, pool=POOL, rooms=ROOMS)
        drawn = [draws.column(name).to_pylist() for name in ("speed.factor", "silence.before_s", "silence.after_s")]
        for made, factor, *waits in zip(apply(sounds, draws, pool=POOL, rooms=ROOMS), *drawn, strict=True):
            played, asked = max(1, round(n / factor)), [round(wait * rate) for wait in waits]
            longest = played + sum(max(0, wait) for wait in asked)
            assert longest - sum(max(0, -wait) for wait in asked) <= len(made) <= longest
            assert made.shape == (longest,) or min(asked) < 0
            assert made.dtype == np.float32
            assert np.isfinite(made).all()
            assert np.abs(made).max() <= 1


def test_severity_zero_is_the_identity() -> None:
    sounds = [(voice(0.3, rate), rate) for rate in RATES]
    draws = draw(scaled(ALL_AT_ONCE, 0), list("abcd"), copies=1, seed=1, pool=POOL, rooms=ROOMS)
    for (before, _), after in zip(sounds, apply(sounds, draws, pool=POOL, rooms=ROOMS), strict=True):
        assert np.array_equal(before, after)


@settings(max_examples=40, deadline=None)
@given(st.floats(-5, 50), st.sampled_from(RATES), st.floats(0.3, 2), st.integers(0, 50), st.booleans())
def test_measured_snr_is_the_one_asked_within_a_tenth(snr_db, rate, seconds, seed, recorded) -> None:
    pool = POOL if recorded else EMPTY
    clean = voice(seconds, rate, level=0.02)
    draws = only("noise", seed=seed, pool=pool, snr_db=snr_db)
    mixed = apply([(clean, rate)], draws, pool=pool)[0]
    if np.abs(mixed).max() > 0.998:
        return  # turned down: tests of snr.py measure that
    noise = mixed.astype(float) - clean
    assert 10 * np.log10(active_power(clean, rate) / np.mean(noise**2)) == pytest.approx(snr_db, abs=0.1)


def test_the_recorded_clip_is_heard_at_its_offset() -> None:
    clean = voice(0.2, 8000)
    draws = only("noise", seed=4, snr_db=0.0)
    name, offset_s = draws.column("noise.clip")[0].as_py(), draws.column("noise.offset_s")[0].as_py()
    heard = POOL.by_name[name]
    added = apply([(clean, 8000)], draws, pool=POOL)[0].astype(float) - clean
    if heard.sample_rate_hz == 8000:
        expected = heard.samples(int(offset_s * 8000), len(clean))
        assert np.corrcoef(added, expected)[0, 1] > 0.999
    assert draws.column("noise.recording")[0].as_py() == heard.recording
    assert 0 <= offset_s < heard.duration_s


def test_recordings_are_dealt_equally_and_clips_by_length() -> None:
    even = Pool((*POOL.clips[:2], clip("b/1", "b", 2, 44100, 3)))
    draws = only("noise", n=4000, pool=even, snr_db=10.0)
    recordings = draws.column("noise.recording").to_pylist()
    assert abs(recordings.count("a") - 2000) <= 1
    clips = draws.column("noise.clip").to_pylist()
    assert clips.count("a/2") / recordings.count("a") == pytest.approx(0.75, abs=0.002)
    late = [o for o, c in zip(draws.column("noise.offset_s").to_pylist(), clips, strict=True) if c == "a/2"]
    assert np.mean(late) == pytest.approx(1.5, abs=0.01)


def test_a_second_recording_is_heard_at_times_and_the_ratio_is_still_the_one_asked() -> None:
    draws = only("noise", n=2000, snr_db=6.0)
    second = draws.column("noise.second_recording")
    # Of two recordings, half of the pairs are the same one twice: those hear it once.
    assert 0.06 < 1 - second.null_count / 2000 < PAIRED
    both = draws.filter(pc.is_valid(second)).slice(0, 5)
    assert pc.all(pc.not_equal(both["noise.recording"], both["noise.second_recording"])).as_py()
    clean = voice(0.5, 8000, level=0.02)
    for made in apply([(clean, 8000)] * 5, both, pool=POOL):
        noise = made.astype(float) - clean
        assert 10 * np.log10(active_power(clean, 8000) / np.mean(noise**2)) == pytest.approx(6, abs=0.1)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.1, 0.9), st.integers(0, 50))
def test_noise_on_more_records_changes_none_that_had_it(probability, seed) -> None:
    def drawn(share: float) -> pa.Table:
        operation = {"name": "noise", "probability": share, "magnitudes": {"snr_db": {"uniform": [0, 20]}}}
        policy = Policy.model_validate({"modality": "audio", "operations": [operation]})
        return draw(policy, [f"p{i}" for i in range(60)], copies=2, seed=seed, pool=POOL)

    few, many = drawn(probability), drawn(1.0)
    had = few.column("noise.clip").is_valid()
    assert few.filter(had).equals(many.filter(had))


def test_a_further_copy_leaves_the_noise_of_those_before_as_it_was() -> None:
    parents = [f"p{i}" for i in range(40)]
    once = draw(DEFAULT, parents, copies=1, seed=1, pool=POOL, rooms=ROOMS)
    twice = draw(DEFAULT, parents, copies=2, seed=1, pool=POOL, rooms=ROOMS)
    assert twice.filter(pc.equal(twice["copy"], 1)).equals(once)


def test_without_recordings_noise_is_made_up_and_named_so() -> None:
    draws = only("noise", n=200, pool=EMPTY, snr_db=10.0)
    assert set(draws.column("noise.clip").to_pylist()) == set(MADE_UP)
    assert set(draws.column("noise.recording").to_pylist()) == set(MADE_UP)
    clean = voice(0.5, 8000)
    a, b = (made - clean for made in apply([(clean, 8000)] * 2, draws.slice(0, 2)))
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.1


def test_pink_noise_falls_by_three_decibels_an_octave() -> None:
    from tasks.noise.audio_effects import made_up_noise

    power = np.abs(np.fft.rfft(made_up_noise("pink", 2**16, 5))) ** 2
    low, high = power[1000:2000].mean(), power[4000:8000].mean()
    assert 10 * np.log10(low / high) == pytest.approx(6, abs=0.5)
    assert np.mean(made_up_noise("white", 10_000, 5) ** 2) == pytest.approx(1, abs=1e-3)


def test_without_rooms_none_is_drawn() -> None:
    draws = only("room", n=5, rooms=EMPTY, wet_share=1.0)
    assert draws.column("room.wet_share").null_count == 5
    assert draws.column("room.response").null_count == 5
    assert draws.schema == only("room", n=5, wet_share=1.0).schema


def test_a_room_keeps_onset_and_level() -> None:
    clean = np.concatenate((np.zeros(4000, np.float32), voice(0.5, 16000), np.zeros(4000, np.float32)))
    made = do(clean, 16000, "room", wet_share=1.0)
    assert np.abs(made[:3990]).max() < 1e-3
    assert active_power(made, 16000) == pytest.approx(active_power(clean, 16000), rel=0.02)
    assert np.abs(made - clean).max() > 0.01
    assert np.allclose(do(clean, 16000, "room", wet_share=0.0), clean, atol=1e-6)


def test_reverberation_outlasts_the_sound() -> None:
    clean = np.concatenate((voice(0.2, 16000), np.zeros(16000, np.float32)))
    tail = [np.sum(do(clean, 16000, "reverberation", rt60_s=t, direct_db=0.0)[6000:] ** 2) for t in (0.1, 0.4, 1.2)]
    assert tail == sorted(tail)
    assert tail[0] < 0.01 * tail[2]


def test_a_band_is_kept_and_the_rest_is_not() -> None:
    t = np.arange(16000) / 16000
    tones = {hz: np.sin(2 * np.pi * hz * t).astype(np.float32) * 0.1 for hz in (50, 1000, 6000)}
    for hz, tone in tones.items():
        left = np.sqrt(np.mean(do(tone, 16000, "band_limit", low_hz=300.0, high_hz=3400.0) ** 2) / np.mean(tone**2))
        assert left == pytest.approx(1 if hz == 1000 else 0, abs=0.02)
    assert np.allclose(do(tones[6000], 16000, "band_limit", high_hz=24000.0), tones[6000], atol=1e-5)


def test_speed_changes_pitch_and_length_and_only_silence_else_changes_length() -> None:
    tone = (0.1 * np.sin(2 * np.pi * 400 * np.arange(8000) / 8000)).astype(np.float32)
    made = do(tone, 8000, "speed", factor=1.25)
    assert made.shape == (6400,)
    assert np.argmax(np.abs(np.fft.rfft(made))) * 8000 / 6400 == pytest.approx(500, abs=2)
    for name, bounds in AUDIO.items():
        if name not in ("speed", "silence"):
            middle = {key: (limits.low + limits.high) / 2 for key, limits in bounds.parameters.items()}
            assert do(tone, 8000, name, **middle).shape == tone.shape


def test_silence_is_added_to_the_sample_and_the_sound_within_is_kept() -> None:
    sound = voice(0.3, 8000)
    made = do(sound, 8000, "silence", before_s=0.25, after_s=0.5)
    assert len(made) == 2000 + len(sound) + 4000
    assert np.array_equal(made[2000:-4000], sound)
    assert not made[:2000].any()
    assert not made[-4000:].any()


def test_silence_is_cut_off_up_to_the_sound_and_no_further() -> None:
    sound = voice(0.3, 8000, level=0.5)  # 120 Hz: loud from its first frame on
    long = np.concatenate([np.zeros(1600, np.float32), sound, np.full(2400, 1e-4, np.float32)])
    assert np.array_equal(do(long, 8000, "silence", before_s=-1.0, after_s=-1.0), sound)
    assert np.array_equal(do(long, 8000, "silence", before_s=-0.1, after_s=0.0), long[800:])
    assert np.array_equal(do(sound, 8000, "silence", before_s=-1.0, after_s=-1.0), sound)
    nothing = np.zeros(100, np.float32)
    assert np.array_equal(do(nothing, 8000, "silence", before_s=-1.0, after_s=-1.0), nothing)


def test_noise_fills_the_silence_that_was_added() -> None:
    sound = voice(0.3, 8000)
    both = {"silence": {"before_s": 0.25, "after_s": 0.25}, "noise": {"snr_db": 10.0}}
    operations = [
        {"name": name, "probability": 1, "magnitudes": {key: {"uniform": [x, x]} for key, x in fixed.items()}}
        for name, fixed in both.items()
    ]
    policy = Policy.model_validate({"modality": "audio", "operations": operations})
    draws = draw(policy, ["p"], copies=1, seed=1, pool=POOL, rooms=ROOMS)
    made = apply([(sound, 8000)], draws, pool=POOL, rooms=ROOMS)[0]
    quiet = np.concatenate([made[:2000], made[-2000:]])
    assert 10 * np.log10(active_power(sound, 8000) / np.mean(quiet**2)) == pytest.approx(10, abs=0.5)


def test_gain_is_that_asked_and_never_clips() -> None:
    soft, loud = voice(0.2, 8000, level=0.01), voice(0.2, 8000, level=0.6)
    assert np.allclose(do(soft, 8000, "gain", gain_db=6.0), soft * 10 ** (6 / 20))
    made = do(loud, 8000, "gain", gain_db=30.0)
    assert np.abs(made).max() <= 1
    assert np.corrcoef(made, loud)[0, 1] > 0.9999


def test_sounds_are_left_as_they_are_and_read_only_ones_taken() -> None:
    clean = voice(0.3, 8000)
    kept = clean.copy()
    clean.flags.writeable = False
    apply([(clean, 8000)], draw(ALL_AT_ONCE, ["p"], copies=1, seed=1, pool=POOL, rooms=ROOMS), pool=POOL, rooms=ROOMS)
    assert np.array_equal(clean, kept)


def test_another_pool_than_the_one_drawn_from_is_refused() -> None:
    with pytest.raises(ValueError, match="same pool"):
        apply([(voice(0.1, 8000), 8000)], only("noise", snr_db=10.0), pool=Pool((clip("c", "c", 1, 8000, 1),)))
    with pytest.raises(ValueError, match="2 rows"):
        apply([(voice(0.1, 8000), 8000)], only("noise", n=2, snr_db=10.0), pool=POOL)


def test_a_folder_of_clips_becomes_noise(noise_folder) -> None:
    pool = load_pool([Folder("street", noise_folder, r"(?P<recording>[a-z]+)_")])
    rooms = load_pool([Folder("rooms", noise_folder)], shortest_s=SHORTEST_RESPONSE_S)
    assert "rooms/short_00.wav" in rooms.by_name
    made = apply([(voice(1, 22050), 22050)], only("noise", pool=pool, snr_db=5.0), pool=pool)[0]
    assert made.shape == (22050,)
