// Every call of Segment's library for Node, once; prints what it sent and what it was told.
import {Analytics} from '@segment/analytics-node';

const [writeKey, host] = [process.env.WRITE_KEY, process.env.HOST];
const analytics = new Analytics({writeKey, host, flushAt: 5, flushInterval: 200, maxRetries: 5});
const failures = [];
analytics.on('error', (error) => failures.push(String(error.code ?? error)));

let sent = 0;
const call = (method, message) => {
    sent += 1;
    analytics[method](message);
};
call('track', {anonymousId: 'visitor-1', event: 'Product Viewed', properties: {sku: 'TEA', price: 49.9}});
call('page', {anonymousId: 'visitor-1', name: '首页', properties: {url: 'https://shop.example.com/'}});
call('screen', {anonymousId: 'visitor-1', name: '购物车'});
call('identify', {userId: 'seg-1', anonymousId: 'visitor-1',
    traits: {email: 'Seg.One@Example.com', phone: '13800138101', name: '周杰', city: '成都'}});
call('group', {userId: 'seg-1', groupId: 'store-7', traits: {name: '七店会员群'}});
call('alias', {userId: 'seg-1', previousId: 'seg-0'});
for (let i = 0; i < 20; i += 1) call('track', {userId: 'seg-1', event: 'Order Completed', properties: {total: i}});
call('track', {userId: 'seg-2', event: 'Signed Up', timestamp: new Date(Date.now() - 3_600_000)});
await analytics.closeAndFlush({timeout: 20_000});
console.log(JSON.stringify({sent, failures}));
