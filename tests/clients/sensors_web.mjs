// Sensors Data's library for pages, in each of its four ways to send; one visitor and one customer a way.
import {readFileSync} from 'node:fs';
import {open} from './browser.mjs';

const [key, host] = [process.env.WRITE_KEY, process.env.HOST];
const source = readFileSync(new URL('./node_modules/sa-sdk-javascript/sensorsdata.min.js', import.meta.url), 'utf8');
const failures = [];
let sent = 0;
const ways = [['image', false], ['ajax', false], ['beacon', false], ['image', {datasend_timeout: 3000, send_interval: 300}]];
for (const [index, [send_type, batch_send]] of ways.entries()) {
    const {page, settle} = open(host, failures);
    page.eval(source);
    const sensors = page.sensorsDataAnalytic201505;
    sensors.init({server_url: `${host}/sa?project=default&token=${key}`, send_type, batch_send, show_log: false,
        is_track_single_page: false, heatmap: {clickmap: 'not_collect', scroll_notice_map: 'not_collect'}});
    const call = (method, ...given) => {
        sent += 1;
        sensors[method](...given);
    };
    call('track', 'ProductViewed', {sku: 'TEA', price: 14});
    call('login', `sa-${index}`);
    call('setProfile', {city: '深圳'});
    call('setOnceProfile', {city: '北京', first_seen: 'x'});
    call('track', 'OrderCompleted', {total: 9.9, email: `sa.${index}@example.com`});
    call('bind', '$identity_mobile', `1380013820${index}`);
    await settle(1500);
    page.close();
}
console.log(JSON.stringify({sent, failures}));
process.exit(0);
