// Segment's library for pages: settings from our host, then one request a call, with the type text/plain.
import {open} from './browser.mjs';

const [key, host] = [process.env.WRITE_KEY, process.env.HOST];
const failures = [];
const {page, settle} = open(host, []);  // An answer that is spoiled on the way is the library's to mend.
for (const name of ['window', 'document', 'location', 'localStorage', 'fetch', 'history', 'screen']) {
    Object.defineProperty(globalThis, name, {value: name === 'window' ? page : page[name], configurable: true, writable: true});
}
Object.defineProperty(globalThis, 'navigator', {value: page.navigator, configurable: true});
const {AnalyticsBrowser} = await import('@segment/analytics-next');
const [analytics] = await AnalyticsBrowser.load({writeKey: key, cdnURL: host},
    {integrations: {'Segment.io': {apiHost: `${host.replace('http://', '')}/v1`, protocol: 'http'}}});
let sent = 0;
const call = async (method, ...given) => {
    sent += 1;
    await analytics[method](...given);
};
await call('track', 'Product Viewed', {sku: 'TEA'});
await call('page', '首页');
await call('identify', 'sgw-1', {email: 'sgw.one@example.com', phone: '13800138501', name: '冯宁', city: '武汉'});
await call('group', 'store-3', {});
await call('track', 'Order Completed', {total: 3});
await settle(1500);
console.log(JSON.stringify({sent, failures}));
process.exit(0);
