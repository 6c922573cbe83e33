"""Bounds of the audio operations, in the order of the sound's way from the mouth to the file."""

from tasks.noise.bounds import OperationBounds, Parameter

AUDIO: dict[str, OperationBounds] = {
    "speed": OperationBounds(
        "Play faster or slower: pace and pitch change together, as from one speaker to another; so does the length.",
        {
            "factor": Parameter(
                0.8, 1.25, 1, "between a low and a high voice; beyond, voices sound like cartoons", "x", "log"
            )
        },
    ),
    "silence": OperationBounds(
        "Start earlier and stop later than the sound does, or cut silence off (below 0), never the sound itself.",
        {
            "before_s": Parameter(-1, 1, 0, "silence says nothing of the label; longer waits are another task's", "s"),
            "after_s": Parameter(-1, 1, 0, "silence says nothing of the label; longer waits are another task's", "s"),
        },
    ),
    "room": OperationBounds(
        "Convolve with a recorded impulse response; without recorded ones it is never drawn.",
        {"wet_share": Parameter(0, 1, 0, "1: as recorded in the room; people understand that")},
        ("response",),
    ),
    "reverberation": OperationBounds(
        "Convolve with a made-up room: noise that dies away.",
        {
            "rt60_s": Parameter(0.05, 1.5, None, "a large hall; beyond, syllables run into each other", "s", "log"),
            "direct_db": Parameter(
                -3, 30, None, "direct sound against the room's; below, words are lost", "dB", "decibel"
            ),
        },
    ),
    "noise": OperationBounds(
        "Mix with recorded noise, or with made-up noise if none is configured.",
        {"snr_db": Parameter(-5, 50, None, "listeners follow words down to about -5 dB", "dB", "decibel")},
        ("clip", "recording", "second_clip", "second_recording"),
    ),
    "band_limit": OperationBounds(
        "Keep a band, as a telephone or a small microphone.",
        {
            "low_hz": Parameter(10, 500, 10, "a telephone cuts at 300 Hz", "Hz", "log"),
            "high_hz": Parameter(2000, 24000, 24000, "below 2 kHz consonants cannot be told apart", "Hz", "log"),
        },
    ),
    "codec": OperationBounds(
        "Lose what a lossy codec loses: steps that grow with the level, and soft parts beside loud ones.",
        {
            "bits": Parameter(
                5, 16, 16, "a telephone has 8, 38 dB below the voice; at 5 words are harsh but clear", "bit"
            ),
            "masked_db": Parameter(
                20, 96, 96, "dropped that far below a moment's loudest; vowels keep two formants", "dB"
            ),
        },
    ),
    "gain": OperationBounds(
        "Louder or softer; never so loud that it clips.",
        {"gain_db": Parameter(-30, 30, 0, "a person turns the volume up or down", "dB")},
    ),
}
"""Operation -> what it does and its bounds; operations are applied in this order, whatever the policy's order."""
