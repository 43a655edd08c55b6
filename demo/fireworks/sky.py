"""Rockets that burst where chance wants them, seen and heard."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FPS, RATE = 30, 24_000
HEIGHT, WIDTH = 360, 640
WATER = 300  # where it begins
GRAVITY, DRAG = 0.06, 0.96  # pixels and share of the speed a frame
SPARKS, SPARK_FRAMES = 120, 60
ROCKETS, LAUNCHES = 3, 0.04
"""How many fly at once, and how likely another one starts within a frame."""
ROUND = 60
"""Seconds in which the line at the bottom grows from left to right."""
LINE = 8
LINE_COLOUR = (255, 210, 90)
GLOW = np.float32([[255, 230, 180]])
COLOURS = [(255, 90, 70), (255, 200, 80), (120, 230, 120), (110, 170, 255), (240, 130, 255)]
PLACES = {"Harbour": (6, 10, 34), "Mountain lake": (4, 24, 22)}
"""The colour of the night there."""
FONT = ImageFont.load_default(28)


class Sky:
    """A show at one place, 30 pictures a second."""

    def __init__(self, place: str) -> None:
        self.chance = np.random.default_rng()
        self.frames = 0
        self.light = np.zeros((WATER, WIDTH, 3), np.float32)
        self.night = np.linspace(0.4, 1.4, WATER, dtype=np.float32)[:, None, None] * np.float32(
            PLACES[place]
        )
        self.points = np.zeros((0, 4))  # x, y and their speeds, in pixels
        self.colours = np.zeros((0, 3), np.float32)
        self.ages = np.zeros(0, int)
        self.rockets: list[np.ndarray] = []
        self.ringing = np.zeros(2 * RATE)

    def go_on(self) -> None:
        """Let a thirtieth of a second pass."""
        self.frames += 1
        self.ringing = np.append(self.ringing[RATE // FPS :], np.zeros(RATE // FPS))
        self.light *= 0.86
        self.points[:, :2] += self.points[:, 2:]
        self.points[:, 2:] *= DRAG
        self.points[:, 3] += GRAVITY
        self.ages += 1
        alive = self.ages < SPARK_FRAMES
        self.points, self.colours, self.ages = (
            each[alive] for each in (self.points, self.colours, self.ages)
        )
        if not self.rockets or (len(self.rockets) < ROCKETS and self.chance.random() < LAUNCHES):
            self.rockets.append(np.array([self.chance.uniform(90, 550), WATER, 0, -8.0]))
        flying, self.rockets = self.rockets, []
        for rocket in flying:
            rocket[:2] += rocket[2:]
            rocket[3] += 0.14
            if rocket[3] > self.chance.uniform(-3, 0):
                self.burst(*rocket[:2])
            else:
                self.rockets.append(rocket)
        self.draw()

    def burst(self, x: float, y: float) -> None:
        """Let a rocket become sparks, with a bang."""
        angles = self.chance.uniform(0, 2 * np.pi, SPARKS)
        speeds = 5 * np.sqrt(self.chance.uniform(0.1, 1, SPARKS))
        sparks = np.stack(
            [0 * angles + x, 0 * angles + y, *speeds * [np.cos(angles), np.sin(angles)]]
        )
        self.points = np.vstack([self.points, sparks.T])
        colour = np.float32(COLOURS[self.chance.integers(len(COLOURS))])
        self.colours = np.vstack([self.colours, np.tile(colour, (SPARKS, 1))])
        self.ages = np.append(self.ages, self.chance.integers(0, 20, SPARKS))
        self.ringing += self.bang()

    def bang(self) -> np.ndarray:
        """Return two seconds: a dull blow, and what crackles after it."""
        times = np.arange(2 * RATE) / RATE
        noise = self.chance.uniform(-1, 1, times.size)
        dull = np.convolve(noise, np.hanning(60) / 12, "same") * np.exp(-5 * times)
        crackle = noise * (self.chance.random(times.size) < 0.002) * np.exp(-2 * times)
        return 0.9 * dull + 0.3 * crackle * (times > 0.3)

    def draw(self) -> None:
        """Add the light of what flies now."""
        fading = (1 - (self.ages / SPARK_FRAMES) ** 2)[:, None]
        lights = [(self.points, self.colours * fading)]
        lights += [(rocket[None], GLOW) for rocket in self.rockets]
        for points, colours in lights:
            x, y = np.round(points[:, :2]).astype(int).T
            seen = (x >= 0) & (x < WIDTH - 1) & (y >= 0) & (y < WATER - 1)
            for right, down in ((0, 0), (0, 1), (1, 0), (1, 1)):
                self.light[y[seen] + down, x[seen] + right] = colours[seen]

    def picture(self) -> np.ndarray:
        """Return what is seen now, with its time and the water in which it is mirrored."""
        sky = np.minimum(self.night + self.light, 255)
        mirror = sky[::-1][: (HEIGHT - WATER) * 3 : 3] * np.float32(0.5)
        drawn = Image.fromarray(np.vstack([sky, mirror]).astype(np.uint8))
        seconds = self.frames / FPS
        paint = ImageDraw.Draw(drawn)
        paint.text(
            (WIDTH - 120, 12), f"{seconds // 60:02.0f}:{seconds % 60:04.1f}", LINE_COLOUR, FONT
        )
        length = round(WIDTH * (seconds % ROUND) / ROUND)
        paint.rectangle((0, HEIGHT - LINE, WIDTH, HEIGHT), (0, 0, 0))
        paint.rectangle((0, HEIGHT - LINE, length, HEIGHT), LINE_COLOUR)
        return np.asarray(drawn)

    def sound(self) -> np.ndarray:
        """Return the thirtieth of a second that is heard with it, float32 from -1 to 1."""
        return self.ringing[: RATE // FPS].clip(-1, 1).astype(np.float32)
