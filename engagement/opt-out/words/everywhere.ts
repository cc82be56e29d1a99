import type { Meaning } from '../lexicon.ts'

/** What an order that is put as a question or a wish begins with: could you, how often must I, quiero que. */
const requests =
  'can you, could you, would you, will you, why don t you, können sie, könnten sie, könnt ihr, würden sie, kannst du, ' +
  'pouvez vous, pourriez vous, vous pouvez, pueden, puede, podrían, podría, potete, potreste, può, podem, poderiam, pode, ' +
  'kunt u, kunnen jullie, wilt u, zou u, możecie, moglibyście, czy mogliby, puteți, ați putea, μπορείτε, θα μπορούσατε, ' +
  'můžete, mohli byste, môžete, mohli by ste, kan ni, skulle ni, kan i, vil i, kunne i, voitteko, voisitteko, може ли да, ' +
  'бихте ли, можете ли, možete li, biste li, lahko, galite, gal galėtumėte, vai varat, kas saaksite, kas te, чи можете, ' +
  'чи могли, mısınız, misiniz, musunuz, هل يمكنكم, ممكن, ' +
  'how many times, how often, wie oft, combien de fois, cuántas veces, quante volte, quantas vezes, hoe vaak, ile razy, ' +
  'de câte ori, πόσες φορές, kolikrát, hányszor, hur ofta, hur många gånger, hvor ofte, hvor mange gange, montako kertaa, ' +
  'koľkokrát, колко пъти, koliko puta, kolikokrat, kiek kartų, cik reizes, cik reižu, mitu korda, скільки разів, ' +
  'kaç kere, kaç kez, كم مرة, want you to, like you to, ich möchte dass, ich will dass, veux que vous, quiero que, ' +
  'voglio che, quero que, wil dat, chcę żebyście, vill att ni, vil have at i, chci abyste, chcem aby ste, szeretném ha, kérem, vil i godt, gider i, gider du, vil du, kan du, wil je, kun je, kan je, wilt u, kannst du, könnt ihr, ' +
  'peux tu, tu peux, puedes, puoi, potresti, la smettete, la finite, podes, você pode, możesz, możecie, můžeš, môžeš, možeš, ' +
  'poți, можеш, можете ли, voitko, voisitko, kas sa, ar gali, vai vari, tudnátok, tudnád, lennének szívesek, mogli biste'

/** Words that people use in every language. */
export const everywhere: Partial<Record<Meaning, string>> = {
  fill: 'please, pls, plz, thanks, thank, you, thx, hello, hi, hey, sorry, bitte, danke, merci, svp, favor, por, gracias, grazie, obrigado',
  polite:
    "please, very much, so much, pls, plz, thanks, thank, you, thank you, thx, hello, hi, hey, sorry, kindly, now, immediately, sir, madam, bitte, danke, sofort, jetzt, endlich, merci, svp, s'il vous plaît, stp, bonjour, favor, por favor, porfavor, gracias, ya, ahora, hola, grazie, per favore, favore, subito, obrigado, obrigada, já, aub, alstublieft, alsjeblieft, graag, nu, bedankt, dank u, proszę, prosze, dziękuję, dzięki, vă rog, va rog, mulțumesc, multumesc, acum, παρακαλώ, ευχαριστώ, τώρα, prosím, prosim, děkuji, díky, ďakujem, teraz, hned, kérem, köszönöm, most, tack, tak, venligst, snälla, kiitos, heti, nyt, моля, благодаря, сега, молим, molim, hvala, odmah, zdaj, takoj, prašau, ačiū, dabar, lūdzu, paldies, tagad, palun, aitäh, kohe, будь ласка, будь, ласка, дякую, прошу, зараз, lütfen, lutfen, teşekkürler, hemen, artık, من فضلك, من فضلكم, لو سمحت, لو سمحتم, شكرا, الان",
  request: requests,
  alone:
    'stopall, arret, 🛑, ⛔, 🚫, 📵, 🔕, 🔇, 📴, optout, opt out, dtop, srop, sgop, stlp, stpp, sstop, ztop, stob, stpo, sotp, tsop',
  halt: 'stop, stopp',
  leave: 'unsubscribe, unsub',
  obj: 'sms, newsletter, spam, msg, mail, mails, email, e mail, emails',
  gov: 'gov',
  start: 'start, unstop',
  help: 'help, info',
  yes: 'ok, okay, y',
  unsure: '=spam',
}
