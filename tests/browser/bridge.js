// A stand-in for a notebook's front end: one widget on an empty page, its Python half behind window.imgrecPython.
const binary = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value);

function encoded(value) {
  if (binary(value)) {
    const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    let text = "";
    for (let start = 0; start < bytes.length; start += 8192) text += String.fromCharCode(...bytes.subarray(start, start + 8192));
    return { $bytes: btoa(text) };
  }
  if (Array.isArray(value)) return value.map(encoded);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, encoded(v)]));
  return value;
}

function decoded(value) {
  if (value && typeof value === "object" && "$bytes" in value) {
    return new DataView(Uint8Array.from(atob(value.$bytes), (letter) => letter.charCodeAt(0)).buffer);
  }
  if (Array.isArray(value)) return value.map(decoded);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, decoded(v)]));
  return value;
}

export async function mount(source, state, el) {
  const values = decoded(state), listeners = {};
  let dirty = {};
  const emit = (event, ...given) => (listeners[event] ?? []).forEach((listener) => listener(...given));
  const assign = (name, value) => {
    const same = !binary(value) && JSON.stringify(values[name]) === JSON.stringify(value);
    values[name] = value;
    if (!same) emit(`change:${name}`, model, value);
    return !same;
  };
  const receive = (reply) => {
    Object.entries(decoded(reply.state)).forEach(([name, value]) => assign(name, value));
    reply.messages.forEach(([content, buffers]) => emit("msg:custom", content, decoded(buffers)));
  };
  const model = {
    get: (name) => values[name],
    set: (name, value) => { if (assign(name, value)) dirty[name] = value; },
    save_changes: () => {
      const state = encoded(dirty);
      dirty = {};
      window.imgrecPython({ state }).then(receive);
    },
    send: (message, callbacks, buffers = []) => { window.imgrecPython({ message, buffers: encoded(buffers) }).then(receive); },
    on: (event, listener) => { (listeners[event] ??= []).push(listener); },
    off: (event, listener) => { listeners[event] = (listeners[event] ?? []).filter((one) => listener && one !== listener); },
  };
  window.imgrecReceive = receive;
  window.imgrecClose = await (await import(source)).default.render({ model, el, experimental: {} });
}
