// PostHog's library for pages, from its first questions about flags and settings to a visitor who becomes known.
import {readFileSync} from 'node:fs';
import {open} from './browser.mjs';

const [key, host] = [process.env.WRITE_KEY, process.env.HOST];
const failures = [];
const {page, settle} = open(host, failures);
page.eval(readFileSync(new URL('./node_modules/posthog-js/dist/array.full.no-external.js', import.meta.url), 'utf8'));
const posthog = page.posthog;
posthog.init(key, {api_host: host, autocapture: false, capture_pageview: false, capture_pageleave: false,
    disable_session_recording: true, person_profiles: 'always', request_batching: true, disable_surveys: true,
    opt_out_useragent_filter: true, rageclick: false});
let sent = 0;
const call = (method, ...given) => {
    sent += 1;
    posthog[method](...given);
};
await settle(500);
call('capture', 'Product Viewed', {sku: 'TEA'});
call('identify', 'phw-1', {email: 'phw.one@example.com', city: '无锡', name: '郑和'});
call('capture', 'Order Completed', {total: 12});
await settle(4500);
console.log(JSON.stringify({sent, failures}));
process.exit(0);
