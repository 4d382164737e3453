import { test } from 'vitest';
import { runStudyTrial } from '@xdsim/sim-core';
import { newBlueGreen } from './bench/blue-green.js';
import { ConnectionTrial } from '../packages/sim-core/src/traffic/pools/connection-study.js';
import { ProxyCluster } from '../packages/sim-core/src/traffic/pools/proxy-cluster.js';
import { newCase } from './behaviours/case.js';
test('t', async () => {
  let used = 0; let arr = 0;
  const orig = ConnectionTrial.prototype.finish;
  ConnectionTrial.prototype.finish = function (...a) { const s = process.cpuUsage(); const r = orig.apply(this, a); const u = process.cpuUsage(s); used += u.user + u.system; return r; };
  const study = newBlueGreen(52);
  const p = await newCase('policy-with-release');
  for (const st of [study, p])
  for (const { name } of st.strategies) { for (let i=0;i<30;i++) runStudyTrial(st, name, i); used = 0; const s = process.cpuUsage();
    for (let i=100;i<200;i++) runStudyTrial(st, name, i); const u = process.cpuUsage(s); console.log(name, used/100, 'us of', (u.user+u.system)/100); }
}, 120000);
