"""What was measured of cameras: modulation transfer, noise, efficiency, gain.

Frequencies are in units of Nyquist, MTF includes the pixels, as measured from edges.

* US1000, Gatan, scintillator and CCD: MTF, NNPS, DQE(0), gain, dark and readout noise of M. Vulovic
  et al., J. Struct. Biol. 183, 19 (2013), as tabulated in the code of that paper. The gain at 200
  kV is marked there as to be checked.
* Falcon II: MTF of the reference files of RELION (`mtf_falcon2_300kV.star`), DQE of G. McMullan et
  al., Ultramicroscopy 147, 156 (2014). Falcon III, integrating and counting: the manufacturer's
  curves, digitised by the M4I group (github.com/M4I-nanoscopy/mtf-nps-dqe); the energy of the DQE
  is not stated. Gain and readout noise of both integrating cameras are those that Vulovic et al.
  give for the first Falcon.
* K2 Summit, counting: MTF of RELION, DQE of McMullan et al. (2014), at rates low enough for no two
  electrons to coincide (10 to 20 electrons per pixel and second).
* `scintillator_cmos` stands in for OneView, Ceta and Rio, of which no curves were published: the
  curves of the US1000 with the readout noise of a CMOS sensor.

Efficiencies depend on dose rate; measured values of one camera type differ by tens of per cent.
"""

from typing import Any

from hrtem_sim.refusal import Refusal

Points = tuple[tuple[float, float], ...]

CURVES: dict[str, dict[float, Points]] = {
    "us1000": {
        80e3: ((0.1, 0.85), (0.25, 0.55), (0.5, 0.22), (0.75, 0.088), (1.0, 0.035)),
        200e3: ((0.1, 0.71), (0.25, 0.32), (0.5, 0.13), (0.75, 0.054), (1.0, 0.032)),
        300e3: ((0.1, 0.55), (0.25, 0.31), (0.5, 0.15), (0.75, 0.073), (1.0, 0.039)),
    },
    "falcon2": {300e3: ((0.25, 0.43), (0.5, 0.22), (0.75, 0.10), (1.0, 0.052))},
    "falcon3": {200e3: ((0.25, 0.54), (0.5, 0.21), (0.75, 0.086), (1.0, 0.040))},
    "falcon3_counting": {
        200e3: ((0.25, 0.83), (0.5, 0.55), (0.75, 0.28), (1.0, 0.14)),
        300e3: ((0.25, 0.85), (0.5, 0.57), (0.75, 0.30), (1.0, 0.15)),
    },
    "k2_counting": {300e3: ((0.25, 0.89), (0.5, 0.73), (0.75, 0.56), (1.0, 0.39))},
}
"""MTF with pixels, from (0, 1) on."""

NOISE = {
    80e3: ((0.1, 0.86), (0.25, 0.60), (0.5, 0.31), (0.75, 0.19), (1.0, 0.15)),
    200e3: ((0.1, 0.81), (0.25, 0.53), (0.5, 0.28), (0.75, 0.19), (1.0, 0.15)),
    300e3: ((0.1, 0.70), (0.25, 0.53), (0.5, 0.33), (0.75, 0.19), (1.0, 0.15)),
}
"""Noise transfer of the US1000, the root of its NNPS."""

EFFICIENCY = {
    "falcon2": ((0.0, 0.51), (0.5, 0.54), (1.0, 0.27)),
    "falcon3": ((0.0, 0.45), (0.5, 0.48), (1.0, 0.15)),
    "falcon3_counting": ((0.0, 0.89), (0.5, 0.69), (1.0, 0.30)),
    "k2_counting": ((0.0, 0.80), (0.5, 0.56), (1.0, 0.23)),
}

US1000 = {80e3: (0.61, 28.0), 200e3: (0.38, 15.0), 300e3: (0.26, 6.6)}
"""DQE(0), and digital units per electron."""

CAMERAS = (*CURVES, "scintillator_cmos")
"""Names of the cameras."""

NEAR = 0.12
"""Relative difference of energies up to which a curve serves."""


def camera_settings(name: str, energy: float) -> dict[str, Any]:
    """Return the fields of `hrtem_sim.imaging.Detector` that describe a camera.

    Parameters
    ----------
    name
        Name of the camera, one of `CAMERAS`.
    energy
        Energy of the electrons in eV; the curves of the nearest within 12 % are taken.

    Raises
    ------
    ValueError
        If there is no such camera, or no curve for the energy.

    Examples
    --------
    >>> camera_settings("us1000", 300e3)["gain"]
    6.6
    """
    if name not in CAMERAS:
        raise Refusal(f"camera must be one of {', '.join(CAMERAS)}; got {name!r}")
    curves = CURVES["us1000" if name == "scintillator_cmos" else name]
    nearest = min(curves, key=lambda known: abs(known - energy))
    if not abs(nearest / energy - 1) <= NEAR:
        known = " and ".join(f"{e / 1e3:g}" for e in curves)
        raise Refusal(
            f"energy must be about {known} keV, at which {name} was measured; got "
            f"{energy / 1e3:g} keV"
        )
    settings: dict[str, Any] = {"mtf_curve": ((0.0, 1.0), *curves[nearest]), "mtf_with_pixel": True}
    if name in EFFICIENCY:
        settings |= {"dqe_curve": EFFICIENCY[name], "counting": name.endswith("counting")}
        if not settings["counting"]:
            settings |= {"gain": 100.0, "readout_noise": 3.0}
        return settings
    efficiency, gain = US1000[nearest]
    power = tuple((u, round(ntf**2, 6)) for u, ntf in NOISE[nearest])
    return settings | {
        "nnps_curve": ((0.0, 1.0), *power),
        "dqe_zero": efficiency,
        "gain": gain,
        "dark": 0.11,
        "readout_noise": 3.0 if name == "us1000" else 1.0,
    }
