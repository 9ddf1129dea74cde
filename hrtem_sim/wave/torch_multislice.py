"""Multislice on PyTorch: many configurations at once, on a graphics card where there is one.

The same potential, bands and steps as `hrtem_sim.wave.multislice`, on arrays (configurations, ny,
nx). A CPU gains nothing from batches, so there they hold one configuration.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hrtem_sim.electron import interaction_parameter, wavelength
from hrtem_sim.grid import Grid, fourier_resize
from hrtem_sim.potential import SlicedPotential
from hrtem_sim.potential.slices import atom_filter
from hrtem_sim.potential.spreading import SHAPE, WIDTH
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave.multislice import potential_of, wave_band

if TYPE_CHECKING:
    from hrtem_sim.wave.settings import WaveSettings

CARD_SHARE = 0.5
"""Part of a graphics card's free memory that a batch may fill."""


def import_torch() -> Any:
    """Return the module, or raise an ImportError that names the pip command."""
    try:
        import torch
    except ImportError as error:
        raise ImportError('engine "torch" needs PyTorch: pip install torch') from error
    return torch


def torch_multislice(
    specimens: Sequence[Specimen],
    grid: Grid,
    settings: "WaveSettings",
    *,
    selections: Sequence[Sequence[np.ndarray]] | None = None,
    shape: tuple[int, int] | None = None,
    device: str | None = None,
    batch: int | None = None,
) -> np.ndarray:
    """Propagate a plane wave through several specimens of one cell.

    Parameters
    ----------
    specimens
        Atoms at rest: configurations of one specimen, or different ones.
    grid, settings
        As in `multislice`.
    selections
        For each specimen a mask (n,) per wave wanted; default: one wave of all atoms.
    shape
        Pixels (ny, nx) of the waves that are given back; default: those of the grid.
    device
        `"cuda"`, `"cpu"`, ...; default: a graphics card where there is one.
    batch
        Specimens at a time; default: what half of the card's free memory holds, 1 on a CPU.

    Returns
    -------
    waves
        Complex64 (specimens, selections, ny, nx) at the middle of the cell.

    Raises
    ------
    ImportError
        Without PyTorch.
    ValueError
        If there is no specimen, or they differ in cell or number of selections.
    """
    torch = import_torch()
    if not specimens or len({specimen.cell for specimen in specimens}) > 1:
        raise Refusal("specimens must be one or more of the same cell")
    if selections is None:
        selections = [[np.ones(len(specimen), bool)] for specimen in specimens]
    if len({len(each) for each in selections}) > 1 or len(selections) != len(specimens):
        raise Refusal("selections must hold as many masks for every specimen")
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    run = _Run(torch, grid, settings, torch.device(device))
    batch = batch or run.batch(len(selections[0]))
    waves = []
    for start in range(0, len(specimens), batch):
        some = slice(start, start + batch)
        sources = [
            potential_of(specimen, grid, settings, selections=masks)
            for specimen, masks in zip(specimens[some], selections[some], strict=True)
        ]
        waves.append(_resized(run.waves(sources, specimens[0].cell[2]), shape or grid.shape))
    return np.concatenate(waves)


def _resized(waves: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Waves on another number of pixels of the same extent."""
    if waves.shape[-2:] == shape:
        return waves
    return np.fft.ifft2(fourier_resize(np.fft.fft2(waves), shape)).astype(np.complex64)


class _Run:
    """Multislice on one grid and device."""

    def __init__(self, torch: Any, grid: Grid, settings: "WaveSettings", device: Any) -> None:
        self.torch, self.grid, self.device = torch, grid, device
        self.parametrization = settings.parametrization
        self._wavelength = wavelength(settings.energy)
        self._sigma = interaction_parameter(settings.energy)
        self._tilt = np.tan(np.asarray(settings.tilt, dtype=float) * 1e-3)
        self._band = self._spread_out(wave_band(grid, "float32"))
        self._filters: dict[int, Any] = {}
        self._propagators: dict[float, Any] = {}

    def batch(self, n_selections: int) -> int:
        """Specimens whose arrays fill the allowed share of the card."""
        if self.device.type != "cuda":
            return 1
        free, _ = self.torch.cuda.mem_get_info(self.device)
        each = 8 * np.prod(self.grid.shape) * (4 + 4 * n_selections)
        return max(1, int(CARD_SHARE * free / each))

    def waves(self, sources: Sequence[SlicedPotential], height: float) -> np.ndarray:
        """Waves of one batch, (sources, selections, ny, nx)."""
        torch, first = self.torch, sources[0]
        shape = (len(sources), *self.grid.shape)
        beams = [torch.ones(shape, dtype=torch.complex64, device=self.device)]
        beams += [beams[0].clone() for _ in range(first.n_selections - 1)]
        depths = np.full((first.n_selections, len(sources)), np.nan)  # nan: the incident wave
        for index in range(0, first.n_slices, 2):
            for selection, spectrum in enumerate(self._spectra(sources, index)):
                if spectrum is None:
                    continue
                packed = torch.fft.ifft2(spectrum)
                for channel in range(min(2, first.n_slices - index)):
                    here = [bool(s.atoms_in(index + channel, selection)) for s in sources]
                    depth = (index + channel + 0.5) * first.slice_thickness
                    v = torch.view_as_real(packed)[..., channel] * self._sigma
                    for start, which in _alike(depths[selection], here):
                        met = torch.polar(torch.ones_like(v[which]), v[which])
                        beam = beams[selection][which]
                        if not np.isnan(start):
                            beam = self._flown(beam, depth - start)
                        beams[selection][which] = met.mul_(beam)
                    depths[selection, here] = depth
        for selection, beam in enumerate(beams):
            for start, which in _alike(depths[selection], ~np.isnan(depths[selection])):
                beam[which] = self._flown(beam[which], height / 2 - start)
        return np.stack([beam.cpu().numpy() for beam in beams], axis=1)

    def _flown(self, beam: Any, distance: float) -> Any:
        key = round(distance, 9)
        if key not in self._propagators:
            ky, kx = self.grid.frequencies()
            phase = self._wavelength * (kx**2 + ky**2)
            phase = phase + 2 * (kx * self._tilt[0] + ky * self._tilt[1])
            factor = np.exp(-1j * np.pi * key * phase).astype(np.complex64)
            self._propagators[key] = self._band * self.torch.from_numpy(factor).to(self.device)
        return self.torch.fft.ifft2(self.torch.fft.fft2(beam).mul_(self._propagators[key]))

    def _spectra(self, sources: Sequence[SlicedPotential], index: int) -> list:
        """For each selection the potentials' spectrum of a pair of slices, None if empty."""
        groups: dict[tuple, list] = {}
        for number, source in enumerate(sources):
            for element, members, channel, y, x, weights in source.atoms_of_pair(index):
                groups.setdefault((element, members), []).append((number, channel, y, x, weights))
        spectra = [None] * sources[0].n_selections
        for (element, members), atoms in sorted(groups.items()):
            spectrum = self.torch.fft.fft2(self._density(atoms, len(sources)))
            spectrum *= self._filter(element)
            for selection in members:
                found = spectra[selection]
                spectra[selection] = spectrum if found is None else found + spectrum
        return spectra

    def _density(self, atoms: list[tuple], n_sources: int) -> Any:
        """Atoms spread on the grids, complex64 (sources, ny, nx); see `spreading`."""
        torch, (ny, nx) = self.torch, self.grid.shape
        counts = [len(y) for _, _, y, _, _ in atoms]
        tensor = lambda values: torch.from_numpy(np.ascontiguousarray(values)).to(self.device)  # noqa: E731
        number = tensor(np.repeat([n for n, *_ in atoms], counts))
        channel = tensor(np.repeat([c for _, c, *_ in atoms], counts))
        y, x, weights = (
            tensor(np.concatenate(each)) for each in list(zip(*atoms, strict=True))[2:]
        )
        pixels = torch.arange(WIDTH, device=self.device)
        axes = []
        for position, length in ((y, ny), (x, nx)):
            near = torch.ceil(position - WIDTH / 2).long()[:, None] + pixels
            u = (near - position[:, None]) / (WIDTH / 2)
            value = torch.exp(SHAPE * (torch.sqrt(torch.clamp(1 - u * u, min=0)) - 1))
            axes.append((near % length, value))
        (rows, along_y), (columns, along_x) = axes
        places = ((number[:, None] * ny + rows)[:, :, None] * nx + columns[:, None, :]) * 2
        places += channel[:, None, None]
        values = (weights[:, None, None] * along_y[:, :, None] * along_x[:, None, :]).float()
        density = torch.zeros(n_sources * ny * nx * 2, device=self.device)
        density.index_add_(0, places.reshape(-1), values.reshape(-1))
        return torch.view_as_complex(density.reshape(n_sources, ny, nx, 2))

    def _filter(self, element: int) -> Any:
        if element not in self._filters:
            quarter = atom_filter(self.grid, element, self.parametrization, "float32")
            self._filters[element] = self._spread_out(quarter)
        return self._filters[element]

    def _spread_out(self, quarter: np.ndarray) -> Any:
        """A filter at all frequencies, (ny, nx), from its quarter (nx // 2 + 1, ny // 2 + 1)."""
        rows, columns = (np.minimum(np.arange(n), n - np.arange(n)) for n in self.grid.shape)
        full = np.ascontiguousarray(quarter[np.ix_(columns, rows)].T)
        return self.torch.from_numpy(full).to(self.device)


def _alike(depths: np.ndarray, chosen: Sequence[bool]) -> list[tuple[float, slice | list[int]]]:
    """Chosen beams grouped by their depths: each depth, and the indices of its beams."""
    groups: dict[str, list[int]] = {}
    for number in np.flatnonzero(chosen):
        groups.setdefault(repr(depths[number]), []).append(int(number))
    everything = slice(None)
    return [
        (float(depths[which[0]]), everything if len(which) == len(depths) else which)
        for which in groups.values()
    ]
