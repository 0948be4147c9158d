// Sensors Data's library for Node, which gathers records, gzips them and sends a form.
import SA from 'sa-sdk-node';

const [key, host] = [process.env.WRITE_KEY, process.env.HOST];
const sensors = new (SA.default ?? SA)();
const failures = [];
sensors.submitTo({url: `${host}/sa?project=default&token=${key}`, gzip: true, mode: 'track', timeout: 10_000});
let sent = 0;
const calls = [];
const call = (method, ...given) => {
    sent += 1;
    calls.push(Promise.resolve(sensors[method](...given)).catch((error) => failures.push(String(error))));
};
call('track', 'node-visitor', 'ProductViewed', {sku: 'TEA'});
call('trackSignup', 'san-1', 'node-visitor', {channel: 'app'});
call('profileSet', 'san-1', {$is_login_id: true, city: '南京', phone: '13800138301'});
for (let i = 0; i < 10; i += 1) call('track', 'san-1', 'OrderCompleted', {total: i, $is_login_id: true});
await Promise.all(calls);
await new Promise((resolve) => setTimeout(resolve, 1500));
console.log(JSON.stringify({sent, failures}));
process.exit(0);
