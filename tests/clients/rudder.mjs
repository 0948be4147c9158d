// The same calls by RudderStack's library, which speaks Segment's protocol, gzips, and puts traits into the context.
import RudderAnalytics from '@rudderstack/rudder-sdk-node';

const Client = RudderAnalytics.default ?? RudderAnalytics;
const client = new Client(process.env.WRITE_KEY, {dataPlaneUrl: process.env.HOST, flushAt: 4, flushInterval: 200, logLevel: 'error'});
const failures = [];
let sent = 0;
const calls = [];
const call = (method, message) => {
    sent += 1;
    calls.push(new Promise((resolve) => client[method](message, (error) => {
        if (error) failures.push(String(error.message ?? error));
        resolve();
    })));
};
call('track', {anonymousId: 'rudder-visitor', event: 'Product Viewed', properties: {sku: 'CUP'}});
call('page', {anonymousId: 'rudder-visitor', name: 'home'});
call('screen', {anonymousId: 'rudder-visitor', name: 'cart'});
call('identify', {userId: 'rud-1', anonymousId: 'rudder-visitor',
    traits: {email: 'rud.one@example.com', phone: '13800138102', name: '林俊', city: '厦门'}});
call('group', {userId: 'rud-1', groupId: 'store-8', traits: {name: '八店会员群'}});
call('alias', {userId: 'rud-1', previousId: 'rud-0'});
for (let i = 0; i < 10; i += 1) call('track', {userId: 'rud-1', event: 'Order Completed', properties: {total: i}});
await client.flush();
await Promise.race([Promise.all(calls), new Promise((resolve) => setTimeout(resolve, 20_000))]);
console.log(JSON.stringify({sent, failures}));
process.exit(0);
