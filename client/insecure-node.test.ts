/** A page on https hears at once that a node on http is out of its reach; nobody else is kept from one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mayReach } from './insecure-node.ts'

test('a page on https may talk to nodes on https and on its own machine, and to no other', () => {
  const page = 'https://market.example/works/1'
  assert.equal(mayReach('https://node.example', page), true)
  assert.equal(mayReach('http://node.example', page), false)
  assert.equal(mayReach('http://192.168.1.7:8080', page), false)
  assert.equal(mayReach('http://127.0.0.1.evil.example', page), false)
  for (const own of ['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080']) {
    assert.equal(mayReach(own, page), true, own)
  }
})

test('a page on http and a program without a page may talk to any', () => {
  assert.equal(mayReach('http://node.example', 'http://127.0.0.1:8700/'), true)
  assert.equal(mayReach('http://node.example', undefined), true)
})
