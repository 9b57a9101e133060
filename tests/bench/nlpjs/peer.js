// Trains NLP.js as its documentation says and asks it, both given as JSON on standard input:
//   {"sentences": {intent: [text, ...]}, "asked": [text, ...]}
// Its last line is {"training_cpu_s", "cpu_ms" per question, "megabytes", "answers": [{"intent", "ranking": [[intent, score]]}]}.
'use strict';

const { readFileSync } = require('fs');
const { containerBootstrap } = require('@nlpjs/basic');
const { LangZh } = require('@nlpjs/lang-zh');
const { Nlp } = require('@nlpjs/nlp');

function secondsSpent() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function learn(sentences) {
  const container = await containerBootstrap();
  container.use(Nlp);
  container.use(LangZh);
  const nlp = container.get('nlp');
  nlp.settings.autoSave = false;
  nlp.addLanguage('zh');
  for (const [intent, texts] of Object.entries(sentences)) {
    texts.forEach((text) => nlp.addDocument('zh', text, intent));
  }
  await nlp.train();
  return nlp;
}

async function main() {
  const { sentences, asked } = JSON.parse(readFileSync(0, 'utf8'));
  const nlp = await learn(sentences);
  const trained = secondsSpent();
  const answers = [];
  for (const text of asked) {
    const { intent, classifications } = await nlp.process('zh', text);
    answers.push({ intent, ranking: classifications.map((one) => [one.intent, one.score]) });
  }
  process.stdout.write(
    '\n' + JSON.stringify({
      training_cpu_s: trained,
      cpu_ms: (1000 * (secondsSpent() - trained)) / asked.length,
      megabytes: process.memoryUsage().rss / 2 ** 20,
      answers,
    })
  );
}

main();
