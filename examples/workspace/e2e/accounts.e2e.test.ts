import { afterAll, beforeAll, expect, test } from 'vitest';
import { signIn } from '@valfri/server/testing';
import { twoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;
beforeAll(async () => {
  people = await twoPeople();
}, 60_000);
afterAll(() => people[Symbol.asyncDispose]());

test('an empty form says which field misses what, and an easy password what is wrong with it', async () => {
  const { page } = await people.open(undefined, '/sign-in');
  await page.getByRole('button', { name: 'Logga in' }).click();
  await page.getByText('Skriv din e-postadress.').waitFor();
  await page.getByText('Skriv ditt lösenord.').waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('email');
  const { link } = await people.host.operator.api.people.add.mutate({ name: 'Cecilia Berg', email: 'c@example.org' });
  await page.goto(link);
  await page.reload();
  await page.getByRole('button', { name: 'Logga in med länken' }).click();
  await page.getByRole('heading', { name: 'Välj lösenord' }).waitFor();
  await page.getByLabel('Ditt namn').fill('');
  await page.getByRole('button', { name: 'Klart' }).click();
  await page.getByText('Skriv ditt namn.').waitFor();
  await page.getByText('Skriv ett lösenord.').waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('name');
  await page.getByLabel('Ditt namn').fill('Cecilia Berg');
  for (const [password, said] of [
    ['kort', 'Lösenordet är för kort.'],
    ['aaaaaaaaaaaa', 'samma sak om och om igen'],
    ['cecilia på berget', 'innehåller ditt namn'],
  ] as const) {
    await page.locator('input[name=password]').fill(password);
    await page.getByRole('button', { name: 'Klart' }).click();
    await page.locator('#password-wrong', { hasText: said }).waitFor();
  }
  await page.locator('input[name=password]').fill('tre små kanelbullar');
  await page.getByRole('button', { name: 'Klart' }).click();
  await page.getByTitle('Inställningar: Cecilia Berg').waitFor();
}, 30_000);

test('a person changes their password, and is signed out everywhere else', async () => {
  const { host, bo } = people;
  const { page } = await people.open(bo, '/settings');
  const other = await signIn(host.url, bo);
  const change = page.getByRole('button', { name: 'Byt lösenord' });
  await change.click();
  await page.getByText('Skriv ditt nuvarande lösenord.').waitFor();
  await page.getByLabel('Nuvarande lösenord').fill('fel lösenord här');
  await page.getByLabel('Nytt lösenord').fill('nio gula paraplyer');
  await change.click();
  await page.getByText('Det är inte ditt nuvarande lösenord.').waitFor();
  await page.getByLabel('Nuvarande lösenord').fill(bo.password);
  await change.click();
  await page.getByText('Lösenordet är bytt.').waitFor();
  const { page: elsewhere } = await people.open({ ...bo, cookie: other });
  await elsewhere.getByRole('button', { name: 'Logga in' }).waitFor();
  await expect(signIn(host.url, bo)).rejects.toThrow('401');
  await signIn(host.url, { ...bo, password: 'nio gula paraplyer' });
  await page.reload();
  await page.getByTitle('Inställningar: Bo Alm').waitFor();
}, 30_000);

test('an operator corrects a name and an address, and the log tells being let out from being let in', async () => {
  const { host, anna } = people;
  const { page } = await people.open(host.operator, `/operate/people/${anna.id}`);
  await page.getByLabel('E-postadress').fill(host.operator.email);
  await page.getByRole('button', { name: 'Spara' }).click();
  await page.getByText('Någon annan har redan den adressen.').waitFor();
  await page.getByLabel('E-postadress').fill('Anna.Ny@example.org');
  await page.getByLabel('Namn', { exact: true }).fill('Anna Ny');
  await page.getByRole('button', { name: 'Spara' }).click();
  await page.getByText('Sparat.').waitFor();
  await signIn(host.url, { ...anna, email: 'anna.ny@example.org' });
  await expect(signIn(host.url, anna)).rejects.toThrow('401');
  for (const disabled of [true, false]) await host.operator.api.people.change.mutate({ id: anna.id, disabled });
  await page.goto(`${host.url}/operate/log`);
  await page.getByText('stängde av Anna Ny').waitFor();
  await page.getByText('släppte in igen: Anna Ny').waitFor();
  await page.getByText('nekade en inloggning: en adress som ingen har').waitFor();
  expect(await page.locator('main').innerText()).not.toContain('@example.org');
}, 30_000);

test('a person makes an app password, reaches their files with it, and revokes it', async () => {
  const { host } = people;
  const eva = await host.person('Eva Ek');
  const { page } = await people.open(eva, '/settings');
  await page.getByRole('button', { name: 'Skapa applösenord' }).click();
  await page.getByText('Skriv vad det är till.').waitFor();
  await page.getByLabel('Vad det är till').fill('Bärbara datorn');
  await page.getByRole('button', { name: 'Skapa applösenord' }).click();
  const shown = page.getByLabel('Det nya applösenordet');
  await shown.waitFor();
  const password = await shown.inputValue();
  expect(password).toMatch(/^([a-z2-9]{5}-){4}[a-z2-9]{5}$/);
  const address = await page.getByLabel('Adress').inputValue();
  const ask = async () => {
    const authorization = `Basic ${Buffer.from(`${eva.email}:${password}`).toString('base64')}`;
    return (await fetch(`${address}home/`, { headers: { authorization } })).status;
  };
  expect(address).toBe(`${host.url}/dav/`);
  expect(await ask()).toBe(200);
  await page.reload();
  await page.getByText(/senast använt/).waitFor();
  expect(await page.getByLabel('Det nya applösenordet').count()).toBe(0);
  await page.getByRole('button', { name: 'Ta bort Bärbara datorn' }).click();
  await page.getByText('Applösenordet gäller inte längre.').waitFor();
  expect(await ask()).toBe(401);
}, 30_000);
