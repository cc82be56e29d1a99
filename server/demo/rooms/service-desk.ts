import type { DemoRoom } from '../demo-room.ts'

export const serviceDesk: DemoRoom = {
  key: 'service-desk',
  name: 'Service desk',
  topic: 'Something does not work? One message, answers in its thread. Lost device: call 2200 at once.',
  access: 'open',
  alias: 'service-desk',
  creator: 'jonas',
  members: 'everybody',
  born: [87, '08:00'],
  unread: { elif: 0, marisol: 5 },
  favouriteOf: ['meilin', 'ravi', 'jonas'],
  script: `
== 87
08:05 jonas: Welcome to Chancery. What we say here stays on our own machines, and nobody outside can read it, not
    even from a stolen disk. Ask anything in this room.
  + 👍 = 5; Thank you = 2
08:30 pieter #start: Where is the button for "loud"? I have a compressor beside me.
08:36 meilin ~start: Your picture at the lower left, then look and sounds. I come by with ear protection, too.
  + Thank you = pieter
09:12 josefa #print: Can a room be printed for the file?
09:20 ravi ~print: Print from the browser works, markings and times included. A proper export for the records is
    planned, and I will ask you what it must contain.
  + Thank you = josefa
== 84
10:10 samir: My telephone shows other times than my computer.
10:14 meilin >: The telephone still lives in its holiday. Time zone to automatic, then they agree.
  + 😄 = 2; Thank you = samir
== 79
13:00 ravi: Maintenance on {+2}, 06:30 to 06:45. Messages that you write then wait and go out by themselves.
  + Seen = 4
== 77
06:47 ravi: Maintenance is over. It took nine minutes. Two messages waited, both arrived.
  + 👍 = 3
== 73
11:20 aroha #lost: I have left my telephone on the bus. It is locked.
11:22 meilin ~lost: I have signed it out of everything a moment ago. Nobody can read anything on it now.
11:23 meilin ~lost: Come to the desk, you get another one. Sign in there as usual.
11:58 aroha ~lost: Here I am again. That took half an hour, with the walk.
  + Thank you = aroha; 👏 = 2
14:40 aroha ~lost: The bus driver has it. It was under a seat with a banana.
  + 😄 = 3
== 68
09:35 claire: Tables from my spreadsheet arrive as one long line.
09:41 ravi >: Put a bar between the columns and a line of dashes under the head:
  | \`\`\`
  | | item | sum |
  | | --- | --- |
  | | pump | 4 |
  | \`\`\`
09:55 claire: | item | thanks |
  | | --- | --- |
  | | Ravi | 1 |
  + 😄 = 3
== 66
08:00 jonas: Please welcome Amal Osman in Communications. Her accounts are ready.
  + 🎉 = 4
== 63
10:22 leila #feed: Gauge 12 sends twice. Is it the gauge or us?
10:40 ravi ~feed: Us. Two jobs did the same work after the move. One of them is retired now.
10:44 leila ~feed: Clean. Thank you.
== 58
14:00 meilin: A mail with "your mailbox is full, click here" is going around. **Do not click.** If you did: no
    shame, call 2200 now.
  + Seen = 8
14:07 tomasi >: I did. Calling.
14:31 meilin: Tomasi did everything right: called after two minutes, password changed, nothing happened. That is how
    it works.
  + 👏 = 6; Thank you = tomasi
== 55
09:10 dimitri: Is there a way to see in the room who has read something?
09:15 meilin >: Under the last message it says how many. For a real answer ask for "Seen", people press it more
    honestly than they read.
  + 😄 = 2; Agreed = 2
== 50
08:20 ravi: Power dip at 03:12 in the server room. Batteries held, nobody noticed. I noticed.
  + Thank you = jonas
== 46
08:10 jonas: Please welcome Noor van Dijk, traffic planner. Her accounts are ready.
  + 🎉 = 4
== 41
15:15 henrik #sign: The signature in the procurement portal asks for a card reader that I do not have any more.
15:25 meilin ~sign: There is one in the top drawer at reception, with your name since last year.
15:50 henrik ~sign: It was there. With a note from last year's me.
  + 😄 = 2
== 36
11:45 yuki: Could a room be made readable for people with weak eyes on the big screen?
11:52 ravi >: In "Look": more contrast and the roomy rows. I set it up on the screen of the duty room, look at it
    this afternoon.
16:30 yuki: Very good. Even I with good eyes like it.
  + 👍 = 2
== 31
09:00 jonas: From {+1} on new devices ask for a second step when you sign in. It takes ten seconds, once per device.
    Mei-Lin sits in the canteen from 11 to 14 with a sign.
  + Seen = 7
14:20 meilin: 41 colleagues were at the sign today. The cake is finished, the second step is not: come tomorrow.
  + 😄 = 3
== 27
10:05 priyanka: A bidder sent a file that our filter holds back.
10:11 ravi >: It contains a macro. Please ask him for the same thing as PDF, by the portal.
  + Thank you = priyanka
== 21
13:33 nadia #camera: Can I get the camera of gate 4 on my telephone?
13:40 ravi ~camera: Yes, but only in our network and only for the gate crew. I need a word of Tariq.
13:44 tariq ~camera: You have it.
14:10 ravi ~camera: Done. It shows a spider.
  + 😄 = 3
== 16
08:40 ravi: Radio link for gauge 17 is ordered, so that it no longer depends on a cable beside a building site.
  + Thank you = leila
== 11
09:20 josefa: How do I find what was said about a street in spring?
09:31 meilin >: For the moment: open the room and scroll, the days stand at the edge. Search over everything comes,
    and you are on the list of those who try it first.
  + Thank you = josefa
== 6
10:00 meilin !continuity: For {+5}, and for every other day: what to do when the network is down. One page.
  + Seen = 5; Thank you = kwame
== 3
09:15 jonas: For the days of the storm tide: Ravi and Mei-Lin take turns, somebody answers 2200 at any hour. I am
    the third.
  + Thank you = marisol ruth; Seen = 4
== 1
16:20 ravi: Generator tested under load for an hour. Fuel for three days.
  + 👍 = 3
== 0
09:05 meilin: If you work from another house tonight: laptops with radio cards are at the desk, take one, sign for it.
  + Seen = 3; Thank you = grace
11:40 beatriz #tablet: Tablet in the truck is black.
11:44 meilin ~tablet: Hold both buttons for ten seconds. Really ten.
11:46 beatriz ~tablet: It lives. I had counted to six.
  + 😄 = 2
`,
}
