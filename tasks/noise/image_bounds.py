"""Bounds of the image operations, in the order of the light's way from the scene to the file."""

from tasks.noise.bounds import OperationBounds, Parameter

_ASIDE = "content near the edge must stay in sight"
_SIDE = "of the shorter side"

IMAGE: dict[str, OperationBounds] = {
    # Geometry: all of it becomes one warp.
    "crop_to_content": OperationBounds(
        "Enlarge what stands out from a plain border until it fills the frame.",
        {
            "share": Parameter(0, 1, 0, "1: the content touches the frame and nothing is cut off"),
            "stretch": Parameter(0, 1, 0, "1: all four sides touch the frame; the parts keep their order"),
        },
    ),
    "scale": OperationBounds(
        "Enlarge or shrink about the centre, the sides differently if asked.",
        {
            "factor": Parameter(
                0.5, 1.6, 1, "below half, detail of a small image is lost; above 1.6 " + _ASIDE, "x", "log"
            ),
            "aspect": Parameter(0.6, 1.67, 1, "width over height; a 0 gets no slimmer than a 1", "x", "log"),
        },
    ),
    "rotation": OperationBounds(
        "Turn about the centre, counter-clockwise if above 0.",
        {"angle_deg": Parameter(-30, 30, 0, "from about 45 degrees on, labels such as 6 and 9 or N and Z meet", "deg")},
    ),
    "shear": OperationBounds(
        "Slant, as handwriting or a tilted page.",
        {
            "x_deg": Parameter(-25, 25, 0, "slants of writers stay below 30 degrees", "deg"),
            "y_deg": Parameter(-15, 15, 0, "a base line steeper than that is a rotation", "deg"),
        },
    ),
    "perspective": OperationBounds(
        "Tilt the scene away from the camera.",
        {
            "x": Parameter(-0.25, 0.25, 0, "the far side shrinks to 3/5 of the near one at most"),
            "y": Parameter(-0.25, 0.25, 0, "the far side shrinks to 3/5 of the near one at most"),
        },
    ),
    "shift": OperationBounds(
        "Move the content.",
        {
            "x_share": Parameter(-0.25, 0.25, 0, _ASIDE, "of the width"),
            "y_share": Parameter(-0.25, 0.25, 0, _ASIDE, "of the height"),
        },
    ),
    "stroke_weight": OperationBounds(
        "Thicken (+) or thin (-) strokes on a plain background; other images stay as they are.",
        {
            "width_share": Parameter(
                -0.06, 0.1, 0, "thinner breaks strokes apart, thicker closes loops", "of the shorter side"
            )
        },
    ),
    "background": OperationBounds(
        "Put a picture of synthesis.backgrounds behind what stands out from a plain border; others stay as they are.",
        {
            "strength": Parameter(
                0, 0.7, 0, "what stands out keeps three tenths of its contrast to the border", "of the border's colour"
            )
        },
    ),
    # Lens and sensor.
    "defocus": OperationBounds(
        "Blur by a disc, as a lens out of focus.",
        {"radius_share": Parameter(0, 0.06, 0, "beyond 1/16 of the frame small parts merge", _SIDE)},
    ),
    "gaussian_blur": OperationBounds(
        "Blur softly, as a cheap lens or a smoothing scaler.",
        {"sigma_share": Parameter(0, 0.04, 0, "beyond 1/25 of the frame small parts merge", _SIDE)},
    ),
    "motion_blur": OperationBounds(
        "Blur along a line, as a moving hand.",
        {
            "length_share": Parameter(0, 0.15, 0, "a longer trail doubles strokes", _SIDE),
            "angle_deg": Parameter(0, 180, None, "every direction is as likely to be met", "deg"),
        },
    ),
    "downscale": OperationBounds(
        "Lose resolution: shrink, then enlarge to the size it had.",
        {"factor": Parameter(0.25, 1, 1, "a 28-pixel character is still legible at 7 pixels, not below", "x", "log")},
    ),
    "vignette": OperationBounds(
        "Darken towards the corners.",
        {"strength": Parameter(0, 0.7, 0, "corners keep 3/10 of their light", "of the light")},
    ),
    "gain": OperationBounds(
        "Expose more or less: multiply the light.",
        {"factor": Parameter(0.4, 2.5, 1, "beyond, most pixels are black or burnt out", "x", "log")},
    ),
    "white_balance": OperationBounds(
        "Shift red and blue against green, as lamps do; grey images stay as they are.",
        {
            "red": Parameter(0.6, 1.67, 1, "from candle light to blue sky, after the camera's correction", "x", "log"),
            "blue": Parameter(0.6, 1.67, 1, "from candle light to blue sky, after the camera's correction", "x", "log"),
        },
    ),
    "saturation": OperationBounds(
        "Make colours weaker or stronger; grey images stay as they are.",
        {"factor": Parameter(0.3, 1.8, 1, "colours that a label may rest on can still be named", "x")},
    ),
    "shot_noise": OperationBounds(
        "Add noise that grows with the light.",
        {"sd": Parameter(0, 0.2, 0, "standard deviation at white; content stays above the noise", "of full range")},
    ),
    "gaussian_noise": OperationBounds(
        "Add noise that is the same everywhere.",
        {"sd": Parameter(0, 0.2, 0, "standard deviation; content stays above the noise", "of full range")},
    ),
    # Rendering and file.
    "gamma": OperationBounds(
        "Bend the tone curve: above 1 darker, below 1 brighter.",
        {"exponent": Parameter(0.4, 2.5, 1, "beyond, half of the tones fall into one tenth of the range", "", "log")},
    ),
    "contrast": OperationBounds(
        "Stretch or squeeze tones about mid-grey.",
        {"factor": Parameter(0.4, 2, 1, "content keeps 2/5 of its contrast", "x", "log")},
    ),
    "brightness": OperationBounds(
        "Add to every tone.",
        {"shift": Parameter(-0.3, 0.3, 0, "a third of the range burns out at most", "of full range")},
    ),
    "jpeg": OperationBounds(
        "Compress as JPEG and open again.",
        {"quality": Parameter(15, 100, 100, "below 15 blocks of 8 pixels hide small content")},
    ),
}
"""Operation -> what it does and its bounds; operations are applied in this order, whatever the policy's order."""
