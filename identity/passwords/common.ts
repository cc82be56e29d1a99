/**
 * Passwords that attackers try first and that are long enough for the length rule, lower case, without digits and signs
 * at their end. `isCommon` compares what is left of a password when its decoration is taken off.
 */
const stems: ReadonlySet<string> = new Set(
  `password passwort passwords motdepasse contrasena wachtwoord passw0rd p@ssword p@ssw0rd letmein welcome willkommen
  bienvenue administrator administrador administrateur changeme changeit qwertyuiop qwertyuiopasdf qwertzuiop
  azertyuiop asdfghjkl qwerty qwertz azerty iloveyou football baseball basketball superman batman princess sunshine
  monkey dragon master shadow michael jennifer trustno starwars whatever computer internet samsung google facebook
  liverpool chelsea manchester arsenal barcelona summer winter spring autumn sommer herbst fruehling january february
  secret secretpassword mypassword thepassword password123 correcthorsebatterystaple correct horse battery staple
  government ministry ministerium chancery matrix default guest test testtest testing temporary temp`.split(/\s+/),
)

const decorations = /^[\d\s!@#$%^&*()_+\-=.,?/\\|~]+|[\d\s!@#$%^&*()_+\-=.,?/\\|~]+$/g

/** Whether it is a common password, one with digits and signs around it, one repeated, or a run like 123456789012. */
export function isCommon(password: string): boolean {
  const lower = password.toLowerCase()
  const stem = lower.replace(decorations, '')
  return stems.has(stem) || stems.has(lower) || stem === '' || isRepetition(lower) || isRun(lower)
}

/** `abcabcabcabc`: a piece of at most half of it, again and again. */
function isRepetition(text: string): boolean {
  for (let size = 1; size <= text.length / 2; size++) {
    if (
      text ===
      text
        .slice(0, size)
        .repeat(Math.ceil(text.length / size))
        .slice(0, text.length)
    )
      return true
  }
  return false
}

/** `abcdefghijkl`, `987654321098`: each character is the next or the one before. */
function isRun(text: string): boolean {
  const codes = [...text].map((character) => character.codePointAt(0)!)
  const steps = codes.slice(1).map((code, index) => code - codes[index]!)
  const same = (step: number) => steps.filter((other) => other === step).length >= steps.length - 1
  return same(1) || same(-1)
}
