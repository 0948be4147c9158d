// A page for libraries that want a browser: jsdom with the ways out that they use, each sending what a browser would.
import {JSDOM, VirtualConsole} from 'jsdom';

const fetch_ = globalThis.fetch;

export const open = (host, failures) => {
    const console_ = new VirtualConsole();
    const dom = new JSDOM('<!doctype html><title>店</title><body><a id="buy" href="#">买</a></body>',
        {url: `${host}/shop?utm_source=wx`, runScripts: 'outside-only', pretendToBeVisual: true, virtualConsole: console_});
    const page = dom.window;
    const pending = new Set();
    const send = (url, options) => {
        const going = fetch_(new URL(url, host), options).then((answer) => {
            if (answer.status >= 400) failures.push(`${url.slice(0, 60)}: ${answer.status}`);
            return answer;
        });
        pending.add(going.catch((error) => failures.push(String(error))).finally(() => pending.delete(going)));
        return going;
    };
    page.fetch = send;
    page.Image = class {
        set src(url) {
            send(url).then(() => this.onload?.(), () => this.onerror?.());
        }
    };
    const create = page.document.createElement.bind(page.document);
    page.document.createElement = (name, ...more) => name === 'img' ? new page.Image() : create(name, ...more);
    // Libraries look at the browser's name before they use what it can do.
    Object.defineProperty(page.navigator, 'userAgent',
        {value: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36'});
    page.navigator.sendBeacon = (url, body) => {
        send(url, {method: 'POST', body, headers: {'Content-Type': 'text/plain'}});
        return true;
    };
    for (const name of ['Headers', 'Request', 'Response', 'TextEncoder', 'TextDecoder', 'AbortController', 'CompressionStream',
        'Blob', 'ReadableStream']) page[name] = globalThis[name];
    return {page, settle: async (ms) => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        await Promise.allSettled([...pending]);
    }};
};
