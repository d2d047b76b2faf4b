// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Keeps the screen awake. Browsers lend that to pages that came by HTTPS, or
// from the same computer; to others they do while a video plays, so one of a
// single grey dot does.

function makeVideo() {
  const canvas = document.createElement("canvas");
  const video = document.createElement("video");
  if (!canvas.captureStream) {
    return null;
  }
  canvas.width = 2;
  canvas.height = 2;
  canvas.getContext("2d").fillRect(0, 0, 2, 2);
  video.className = "hint";
  video.muted = true;
  video.playsInline = true;
  video.setAttribute("aria-hidden", "true");
  video.tabIndex = -1;
  video.srcObject = canvas.captureStream(1);
  return video;
}

export class Awake {
  #lock = null;
  #video = null;
  #isEnded = false;

  // told(is): whether the screen stays on, as far as a page can know.
  constructor(told) {
    this.told = told;
    this.onShown = () => this.keep();
    document.addEventListener("visibilitychange", this.onShown);
    // Videos begin when somebody has touched the page.
    document.addEventListener("pointerup", this.onShown, {once: true});
    document.addEventListener("keyup", this.onShown, {once: true});
    this.keep();
  }

  async keep() {
    if (document.hidden || this.#lock || this.#isEnded) {
      return;
    }
    const lock = await navigator.wakeLock?.request("screen").catch(() => null);
    if (lock) {
      this.#lock = lock;
      lock.addEventListener("release", () => { this.#lock = null; });
      if (this.#isEnded) {
        lock.release();
      }
    } else {
      await this.#play();
    }
    if (!this.#isEnded) {
      this.told(this.#lock !== null || this.#video?.paused === false);
    }
  }

  async #play() {
    this.#video ??= makeVideo();
    if (this.#video && !this.#isEnded) {
      document.body.append(this.#video);
      await this.#video.play().catch(() => null);
    }
  }

  end() {
    this.#isEnded = true;
    this.#lock?.release();
    this.#video?.remove();
    document.removeEventListener("visibilitychange", this.onShown);
    document.removeEventListener("pointerup", this.onShown);
    document.removeEventListener("keyup", this.onShown);
  }
}
