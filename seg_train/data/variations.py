"""What cameras, films and displays do to an image: the parts of which augmentation is made.

Why two places: noise, hot pixels, median filters and cuts of fine detail happen on the camera's
pixels, and what a network sees of them depends on their spectrum there. So they are applied before
an image is brought to the training grid (`seen_by_camera`), shading, texture and grey values after
(`varied_on_grid`).
"""

import numpy as np
from scipy.fft import dctn, idctn
from scipy.ndimage import gaussian_filter, map_coordinates, median_filter

from seg_train.recipe import AugmentationRecipe

HOT = 20.0
"""Standard deviations of an image by which its hottest pixels are bright."""

FILM_PIXELS = 0.05
"""Share of background pixels from which on the film's rms is that of the background alone."""


def seen_by_camera(
    image: np.ndarray,
    augmentation: AugmentationRecipe,
    *,
    pixel_size: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return an image as another camera, or its file, shows it.

    Parameters
    ----------
    image
        (ny, nx), noise included, on the camera's pixels.
    augmentation
        Recipe of hot pixels, median filter, low pass and blur.
    pixel_size
        Pixel of the camera in angstrom, as far as the network knows.
    rng
        Generator of the variations.

    Returns
    -------
    image
        (ny, nx), float32 where anything was done to it.
    """
    if augmentation.hot_pixels is not None:
        image = with_hot_pixels(image, augmentation.hot_pixels.draw(rng), rng)
    if augmentation.median and rng.random() < augmentation.median:
        image = median_filter(image, size=3, mode="reflect")
    sigma = 0.0 if augmentation.blur is None else augmentation.blur.draw(rng)
    cutoff, sharpness = None, 1.0
    low_pass = augmentation.low_pass
    if low_pass is not None and rng.random() < low_pass.share:
        cutoff, sharpness = low_pass.cutoff.draw(rng), low_pass.sharpness.draw(rng)
    if sigma == 0 and cutoff is None:
        return image
    return low_passed(image, pixel_size=pixel_size, cutoff=cutoff, sharpness=sharpness, sigma=sigma)


def varied_on_grid(
    image: np.ndarray,
    mask: np.ndarray,
    augmentation: AugmentationRecipe,
    *,
    pixel_size: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return an image with shading, blur, texture and another scale of grey.

    Parameters
    ----------
    image, mask
        Image on the training grid and its classes, (ny, nx).
    augmentation
        Recipe of these; blur where `at_camera` did not do it.
    pixel_size
        Pixel of the training grid in angstrom.
    rng
        Generator of the variations.
    """
    if augmentation.shading is not None:
        share = augmentation.shading.draw(rng)
        if augmentation.shading_of == "film":
            share *= film_rms(image, mask) / max(abs(float(image.mean())), 1e-12)
        image = image * (1 + share * smooth_field(image.shape, rng))
    if augmentation.blur is not None and not augmentation.at_camera:
        image = gaussian_filter(image, augmentation.blur.draw(rng) / pixel_size, mode="reflect")
    texture = augmentation.texture
    if texture is not None and rng.random() < texture.share:
        length = texture.length.draw(rng) / pixel_size
        rms = texture.amplitude.draw(rng) * film_rms(image, mask)
        image = image + rms * coloured_noise(image.shape, length, rng)
    if augmentation.gamma is not None:
        image = with_gamma(image, augmentation.gamma.draw(rng))
    return image


def low_passed(
    image: np.ndarray,
    *,
    pixel_size: float,
    cutoff: float | None = None,
    sharpness: float = 16.0,
    sigma: float = 0.0,
) -> np.ndarray:
    """Return an image (ny, nx) after a Gaussian blur and a cut of high frequencies, float32.

    Parameters
    ----------
    image
        Its borders are reflected.
    pixel_size
        In angstrom.
    cutoff, sharpness
        Frequency k0 in 1/angstrom and exponent p of 1 / (1 + (k / k0)^p); None: no cut.
    sigma
        Standard deviation of the blur in angstrom.

    Examples
    --------
    A wave of 2.5 angstrom, 0.4 1/angstrom, passes a cut at 0.5 1/angstrom, one of 2 angstrom is
    halved by it, and a blur of 1 angstrom takes both away:

    >>> x = (np.arange(250) + 0.5) * 0.2
    >>> waves = [np.tile(np.cos(2 * np.pi * k * x), (4, 1)) for k in (0.4, 0.5)]
    >>> [round(float(low_passed(w, pixel_size=0.2, cutoff=0.5).std() / w.std()), 2) for w in waves]
    [0.97, 0.5]
    >>> [round(float(low_passed(w, pixel_size=0.2, sigma=1.0).std() / w.std()), 2) for w in waves]
    [0.04, 0.01]
    """
    ky, kx = (np.arange(n, dtype=np.float32) / (2 * n * pixel_size) for n in image.shape)
    squared = ky[:, None] ** 2 + kx**2
    transfer = np.exp(np.float32(-2 * np.pi**2 * sigma**2) * squared)
    if cutoff is not None:
        power = sharpness / 2
        ratio = np.minimum(squared / cutoff**2, 1e30 ** (1 / power))  # nothing passes beyond
        transfer = transfer / (1 + ratio ** np.float32(power))
    spectrum = dctn(image.astype(np.float32), norm="ortho", overwrite_x=True)
    return idctn(spectrum * transfer, norm="ortho", overwrite_x=True)


def with_hot_pixels(image: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Return an image (ny, nx) some of whose pixels are bright, float32.

    Parameters
    ----------
    image
        It is left as it is.
    share
        Expected part of the pixels.
    rng
        Draws how many, where and how bright: up to `HOT` standard deviations of the image.
    """
    number = int(rng.poisson(share * image.size))
    image = image.astype(np.float32)
    places = rng.integers(image.size, size=number)
    image.reshape(-1)[places] += image.std() * rng.uniform(0, HOT, number).astype(np.float32)
    return image


def film_rms(image: np.ndarray, mask: np.ndarray) -> float:
    """Return the robust standard deviation of the film, noise included.

    Parameters
    ----------
    image, mask
        Image and classes, (ny, nx).

    Returns
    -------
    rms
        1.4826 times the median absolute deviation of the background from its median; of all pixels
        where less than a twentieth of them is background.

    Examples
    --------
    >>> image = np.random.default_rng(1).normal(100, 5, (64, 64))
    >>> image[20:40, 20:40] = 500
    >>> round(film_rms(image, image > 400), 1), round(film_rms(image, np.ones((64, 64))), 1)
    (5.0, 5.6)
    """
    film = image[mask == 0]
    if film.size < FILM_PIXELS * image.size:
        film = image.ravel()
    return 1.4826 * float(np.median(np.abs(film - np.median(film))))


def smooth_field(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return a smooth random field, (ny, nx) float32, of mean 0 and standard deviation 1.

    Parameters
    ----------
    shape
        (ny, nx), in pixels.
    rng
        Draws 2 x 2 to 4 x 4 normal numbers, between which cubic splines run.
    """
    knots = rng.normal(size=2 * (int(rng.integers(2, 5)),))
    places = [np.linspace(0, len(knots) - 1, n) for n in shape]
    field = map_coordinates(knots, np.meshgrid(*places, indexing="ij"), order=3, mode="nearest")
    field -= field.mean()
    return (field / max(field.std(), 1e-6)).astype(np.float32)


def coloured_noise(shape: tuple[int, ...], length: float, rng: np.random.Generator) -> np.ndarray:
    """Return Gaussian noise that neighbours share, (ny, nx) float32, of standard deviation 1.

    Parameters
    ----------
    shape
        (ny, nx), in pixels.
    length
        Standard deviation of the Gaussian that the noise was filtered with, in pixels: its
        correlation at a distance r is exp(-(r / 2 length)^2).
    rng
        Draws the noise.
    """
    noise = gaussian_filter(rng.standard_normal(shape, dtype=np.float32), length, mode="wrap")
    noise -= noise.mean()
    return noise / max(float(noise.std()), 1e-6)


def with_gamma(image: np.ndarray, gamma: float) -> np.ndarray:
    """Return an image (ny, nx) whose grey values between its extremes follow a power.

    Parameters
    ----------
    image
        Any unit.
    gamma
        Exponent; 1 changes nothing but cuts off the darkest and brightest thousandth.

    Examples
    --------
    >>> with_gamma(np.array([[0.0, 2.0, 4.0]]), 2.0).round(2).tolist()
    [[0.0, 1.0, 4.0]]
    """
    low, high = np.quantile(image, [0.001, 0.999])
    if not high > low:
        return image
    return low + (high - low) * np.clip((image - low) / (high - low), 0, 1) ** gamma
