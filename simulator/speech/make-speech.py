#!/usr/bin/env python3
"""Speaks script.json with espeak-ng into recordings/*.wav and phrases.jsonl, or, with the argument `words`, the short
words of words.json, each in four voices, into words/*.wav.

A development tool: the product and the simulator only read what it leaves. Needs libespeak-ng 1.51
(`apt-get install espeak-ng`) and Python 3, nothing else. Run: python3 simulator/speech/make-speech.py

Word times come from the library's word events. Pauses inside a phrase are cut to MAX_PAUSE_MS, so that
a listener's end-of-turn silence never falls inside a sentence. Files are IMA ADPCM WAV (format 0x11).
"""
import array
import ctypes
import json
import math
import operator
import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
VOICE_RATE = 22050
RATE = 16000
MAX_PAUSE_MS = 220
EDGE_MS = 20
TARGET_RMS = 3300  # -20 dBFS
PEAK_LIMIT = 29000
VOICES = {
    ("cs", "caller"): ("zlw/cs+m3", 190, 45),
    ("cs", "assistant"): ("zlw/cs+f2", 200, 55),
    ("en", "caller"): ("gmw/en+m3", 180, 45),
    ("en", "assistant"): ("gmw/en-US+f2", 190, 55),
}

WORD_VOICES = {  # the last two speak as slowly as somebody who insists
    "cs": (("zlw/cs+m3", 190, 45), ("zlw/cs+f2", 200, 55), ("zlw/cs+m1", 150, 40), ("zlw/cs+f4", 230, 60),
           ("zlw/cs+m3", 95, 50), ("zlw/cs+f2", 80, 60)),
    "en": (("gmw/en+m3", 180, 45), ("gmw/en-US+f2", 190, 55), ("gmw/en+m1", 150, 40), ("gmw/en-US+f4", 230, 60),
           ("gmw/en+m3", 95, 50), ("gmw/en-US+f2", 80, 60)),
}
SOUNDS = {"hm": "[[hm::]]"}  # what is no word is spoken by its phonemes


class Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", Id),
    ]


WORD_EVENT, PARAM_RATE, PARAM_PITCH, CHARS_UTF8, PHONEMES, SYNCHRONOUS = 1, 1, 3, 1, 0x100, 2
espeak = ctypes.CDLL("libespeak-ng.so.1")
CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))
samples = array.array("h")
events = []


@CALLBACK
def on_audio(wav, count, event):
    if wav and count > 0:
        samples.extend(wav[:count])
    i = 0
    while event[i].type != 0:
        if event[i].type == WORD_EVENT:
            events.append((event[i].text_position - 1, event[i].audio_position))
        i += 1
    return 0


def speak(text, voice, words_per_minute, pitch):
    del samples[:]
    events.clear()
    assert espeak.espeak_SetVoiceByName(voice.encode()) == 0, voice
    espeak.espeak_SetParameter(PARAM_RATE, words_per_minute, 0)
    espeak.espeak_SetParameter(PARAM_PITCH, pitch, 0)
    data = text.encode()
    assert espeak.espeak_Synth(data, len(data) + 1, 0, 0, 0, CHARS_UTF8 | PHONEMES, None, None) == 0
    espeak.espeak_Synchronize()
    return resampled(samples), [(at, ms * RATE // 1000) for at, ms in events]


TAPS = 48


def sinc_phases():
    """22.05 -> 16 kHz is 441:320; one Kaiser-windowed low-pass at 7.5 kHz for each of the 320 phases."""
    def bessel(x):
        total, term, k = 1.0, 1.0, 1
        while term > total * 1e-12:
            term *= (x / (2 * k)) ** 2
            total += term
            k += 1
        return total

    cutoff, phases = 7500 / VOICE_RATE, []
    for phase in range(320):
        taps = []
        for k in range(TAPS):
            x = k - TAPS / 2 + 1 - phase / 320
            window = bessel(8 * math.sqrt(max(0.0, 1 - (2 * x / TAPS) ** 2))) / bessel(8)
            taps.append(2 * cutoff * window * (math.sin(2 * math.pi * cutoff * x) / (2 * math.pi * cutoff * x) if x else 1))
        phases.append([t / sum(taps) for t in taps])
    return phases


PHASES = sinc_phases()


def resampled(pcm):
    padded = [0] * (TAPS // 2 - 1) + list(pcm) + [0] * (TAPS // 2 + 1)
    out = array.array("h")
    for n in range(len(pcm) * 320 // 441):
        at, phase = divmod(n * 441, 320)
        value = sum(map(operator.mul, PHASES[phase], padded[at:at + TAPS]))
        out.append(max(-32768, min(32767, round(value))))
    return out


def tokens_of(text):
    at, tokens = 0, []
    for word in text.split():
        at = text.index(word, at)
        tokens.append((word, at, at + len(word)))
        at += len(word)
    return tokens


def quiet_runs(pcm, threshold=90, step=RATE // 200):
    """Runs of 5 ms blocks whose peak stays under the threshold, as (start, end) in samples."""
    runs, start = [], None
    for at in range(0, len(pcm), step):
        if max(abs(s) for s in pcm[at:at + step]) < threshold:
            start = at if start is None else start
        elif start is not None:
            runs.append((start, at))
            start = None
    if start is not None:
        runs.append((start, len(pcm)))
    return runs


def cut_pauses(pcm, marks):
    """Shortens inner pauses and trims the edges; moves the marks along."""
    edge, longest = EDGE_MS * RATE // 1000, MAX_PAUSE_MS * RATE // 1000
    out, kept_until, moves = array.array("h"), 0, []
    for start, end in quiet_runs(pcm) + [(len(pcm), len(pcm))]:
        if start == 0:
            cut_from, cut_to = 0, max(0, end - edge)
        elif end == len(pcm):
            cut_from, cut_to = min(len(pcm), start + edge), len(pcm)
        elif end - start > longest:
            cut_from, cut_to = start + longest // 2, end - (longest - longest // 2)
        else:
            continue
        out.extend(pcm[kept_until:cut_from])
        kept_until = cut_to
        moves.append((cut_from, cut_to))

    def moved(mark):
        gone = 0
        for cut_from, cut_to in moves:
            if mark > cut_from:
                gone += min(mark, cut_to) - cut_from
        return mark - gone

    return out, [(at, moved(mark)) for at, mark in marks]


def levelled(pcm):
    loud = sorted(s * s for s in pcm)[len(pcm) // 4:]
    rms = math.sqrt(sum(loud) / len(loud))
    gain = min(TARGET_RMS / rms, PEAK_LIMIT / max(abs(s) for s in pcm))
    return array.array("h", [round(s * gain) for s in pcm])


def word_times(text, pcm, marks):
    pauses = quiet_runs(pcm)
    tokens = tokens_of(text)
    starts = []
    for _, begin, end in tokens:
        inside = [mark for at, mark in marks if begin <= at < end]
        starts.append(min(inside) if inside else None)
    assert starts[0] is not None, text
    for i, start in enumerate(starts):  # a token that the voice joined to its neighbour
        if start is None:
            following = next((s for s in starts[i:] if s is not None), len(pcm))
            starts[i] = (starts[i - 1] + following) // 2
    words = []
    for i, (word, _, _) in enumerate(tokens):
        limit = starts[i + 1] if i + 1 < len(starts) else len(pcm)
        end = limit
        for begin, until in pauses:
            if starts[i] < begin < limit and until >= limit - RATE // 50:
                end = begin
                break
        words.append({"text": word, "startMs": starts[i] * 1000 // RATE, "endMs": end * 1000 // RATE})
    return words


STEPS = [7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97,
         107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796,
         876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428,
         4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350,
         22385, 24623, 27086, 29794, 32767]
INDEX_MOVES = [-1, -1, -1, -1, 2, 4, 6, 8]
BLOCK_BYTES = 512
BLOCK_SAMPLES = (BLOCK_BYTES - 4) * 2 + 1


def adpcm_wav(pcm):
    body, index = bytearray(), 0
    for at in range(0, len(pcm), BLOCK_SAMPLES):
        block = list(pcm[at:at + BLOCK_SAMPLES])
        block += [0] * (BLOCK_SAMPLES - len(block))
        predicted = block[0]
        body += struct.pack("<hBB", predicted, index, 0)
        nibbles = []
        for sample in block[1:]:
            step = STEPS[index]
            difference = sample - predicted
            code = 8 if difference < 0 else 0
            rest, delta = abs(difference), step >> 3
            for bit, part in ((4, step), (2, step >> 1), (1, step >> 2)):
                if rest >= part:
                    code |= bit
                    rest -= part
                    delta += part
            predicted = max(-32768, min(32767, predicted - delta if code & 8 else predicted + delta))
            index = max(0, min(88, index + INDEX_MOVES[code & 7]))
            nibbles.append(code)
        body += bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2]))
    header = struct.pack("<HHIIHHHH", 0x11, 1, RATE, RATE * BLOCK_BYTES // BLOCK_SAMPLES, BLOCK_BYTES, 4, 2, BLOCK_SAMPLES)
    chunks = b"fmt " + struct.pack("<I", len(header)) + header
    chunks += b"fact" + struct.pack("<II", 4, len(pcm))
    chunks += b"data" + struct.pack("<I", len(body)) + bytes(body)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def make_words():
    folder = HERE / "words"
    folder.mkdir(exist_ok=True)
    count, size = 0, 0
    for row in json.loads((HERE / "words.json").read_text()):
        for n, voice in enumerate(WORD_VOICES[row["id"].split("-")[0]], 1):
            pcm, _ = speak(SOUNDS.get(row["text"], row["text"]), *voice)
            data = adpcm_wav(cut_pauses(levelled(pcm), [])[0])
            (folder / f"{row['id']}-{n}.wav").write_bytes(data)
            count, size = count + 1, size + len(data)
    print(f"{count} words, {size} bytes")


def make_phrases():
    folder = HERE / "recordings"
    folder.mkdir(exist_ok=True)
    phrases, size = [], 0
    for row in json.loads((HERE / "script.json").read_text()):
        language, speaker = row["id"].split("-")[:2]
        voice, rate, pitch = VOICES[language, speaker]
        pcm, marks = speak(row["text"], voice, rate, pitch)
        pcm, marks = cut_pauses(levelled(pcm), marks)
        data = adpcm_wav(pcm)
        (folder / f"{row['id']}.wav").write_bytes(data)
        size += len(data)
        phrases.append({
            "id": row["id"], "language": language, "speaker": speaker, "text": row["text"],
            "durationMs": len(pcm) * 1000 // RATE, "words": word_times(row["text"], pcm, marks),
        })
    rows = [json.dumps(p, ensure_ascii=False) + "\n" for p in phrases]
    (HERE / "phrases.jsonl").write_text("".join(rows))
    print(f"{len(phrases)} phrases, {sum(p['durationMs'] for p in phrases) / 1000:.0f} s, {size} bytes")


assert espeak.espeak_Initialize(SYNCHRONOUS, 500, None, 0) == VOICE_RATE
espeak.espeak_SetSynthCallback(on_audio)
if sys.argv[1:] == ["words"]:
    make_words()
else:
    make_phrases()
