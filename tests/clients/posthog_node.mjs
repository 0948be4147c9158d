// PostHog's library for Node: gzip, aliases, a visitor who becomes known, and a group that is no person.
import {PostHog} from 'posthog-node';

const client = new PostHog(process.env.WRITE_KEY, {host: process.env.HOST, flushAt: 4, flushInterval: 200,
    fetchRetryCount: 5, fetchRetryDelay: 100});
const failures = [];
client.on('error', (error) => failures.push(String(error)));
let sent = 0;
const call = (method, message) => {
    sent += 1;
    client[method](message);
};
call('capture', {distinctId: 'ph-1', event: 'Order Completed', properties: {total: 9.9, email: 'x@example.com'}});
call('identify', {distinctId: 'ph-1', properties: {email: 'ph.one@example.com', phone: '13800138401', name: '吴兰',
    city: '苏州', $anon_distinct_id: 'ph-visitor'}});
call('alias', {distinctId: 'ph-1', alias: 'ph-0'});
for (let i = 0; i < 10; i += 1) call('capture', {distinctId: 'ph-1', event: 'Product Viewed', properties: {i}});
client.groupIdentify({groupType: 'company', groupKey: 'store-9', properties: {name: '九店'}});
await client.shutdown(15_000);
console.log(JSON.stringify({sent, failures, refused: ['not_about_a_person']}));
process.exit(0);
