// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

/// @dev What can be done to a signed struct and its signature. Each thing done is one call that must revert with exactly
/// the error expected, and counts.
abstract contract Mutations is Test {
    uint256 internal constant LEAST = 64;
    /// @dev Of secp256k1.
    uint256 internal constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    struct Domain {
        string name;
        string version;
        uint256 chainId;
        address verifying;
    }

    /// @dev A signature that must not be taken, and how it came about.
    struct Forgery {
        string how;
        bytes signature;
    }

    uint256 internal refusals;
    Forgery[] private _forgeries;

    // ------------------------------------------------------------------ refusals

    function refuse(string memory how, address caller, address target, bytes memory call, bytes memory error)
        internal
    {
        vm.prank(caller);
        (bool ok, bytes memory result) = target.call(call);
        assertFalse(ok, how);
        assertEq(result, error, how);
        ++refusals;
    }

    /// @dev The state after is the state before; what was refused still counts.
    modifier onSnapshot() {
        uint256 snapshot = vm.snapshotState();
        _;
        uint256 sum = refusals;
        vm.revertToState(snapshot);
        refusals = sum;
    }

    // ------------------------------------------------------------------ words

    /// @dev An encoded struct of value types with another word at `index`.
    function withWord(bytes memory encoded, uint256 index, uint256 value)
        internal
        pure
        returns (bytes memory changed)
    {
        changed = bytes.concat(encoded);
        assembly ("memory-safe") {
            mstore(add(changed, mul(add(index, 1), 0x20)), value)
        }
    }

    function withSwapped(bytes memory encoded, uint256 index) internal pure returns (bytes memory) {
        (uint256 first, uint256 second) = (wordOf(encoded, index), wordOf(encoded, index + 1));
        return withWord(withWord(encoded, index, second), index + 1, first);
    }

    function wordOf(bytes memory encoded, uint256 index) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(encoded, mul(add(index, 1), 0x20)))
        }
    }

    /// @dev Values that are not `value`, each once, no higher than `max`.
    function others(uint256 value, uint256 max) internal pure returns (uint256[] memory values) {
        uint256[6] memory all;
        unchecked {
            all = [value + 1, value - 1, uint256(0), max, value * 2, value ^ 0x100];
        }
        values = new uint256[](6);
        uint256 count;
        for (uint256 i; i < 6; ++i) {
            bool isNew = all[i] != value && all[i] <= max;
            for (uint256 j; j < count; ++j) {
                if (values[j] == all[i]) isNew = false;
            }
            if (isNew) values[count++] = all[i];
        }
        assembly ("memory-safe") {
            mstore(values, count)
        }
    }

    // ------------------------------------------------------------------ typed data

    function digestOf(Domain memory domain, bytes32 structHash) internal pure returns (bytes32) {
        bytes32 typeHash =
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 domainHash = keccak256(
            abi.encode(
                typeHash,
                keccak256(bytes(domain.name)),
                keccak256(bytes(domain.version)),
                domain.chainId,
                domain.verifying
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domainHash, structHash));
    }

    /// @dev The hash of an encoded struct under another type.
    function hashAs(string memory typeString, bytes memory encoded) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(keccak256(bytes(typeString)), encoded));
    }

    // ------------------------------------------------------------------ forgeries

    /// @dev Everything that is wrong with a signature whatever is signed: length, v, r, s, signer, preimage, domain.
    function forge(Account memory signer, Domain memory domain, bytes32 structHash)
        internal
        returns (Forgery[] memory)
    {
        delete _forgeries;
        _forgeLengths(signer, digestOf(domain, structHash));
        _forgeScalars(signer, digestOf(domain, structHash));
        _forgeSigners(digestOf(domain, structHash));
        _forgePreimages(signer, digestOf(domain, structHash), structHash);
        _forgeDomains(signer, domain, structHash);
        return _forgeries;
    }

    function seal(Account memory signer, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer.key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _forgeLengths(Account memory signer, bytes32 digest) private {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer.key, digest);
        _forgeries.push(Forgery("length 0", ""));
        _forgeries.push(Forgery("length 1", abi.encodePacked(v)));
        _forgeries.push(Forgery("length 32", abi.encodePacked(r)));
        _forgeries.push(Forgery("length 63", abi.encodePacked(r, bytes31(s))));
        bytes32 otherParity = bytes32(uint256(s) | uint256(28 - v) << 255);
        _forgeries.push(Forgery("length 64, the other parity", abi.encodePacked(r, otherParity)));
        _forgeries.push(Forgery("length 64, halves swapped", abi.encodePacked(s, r)));
        _forgeries.push(Forgery("length 65, v first", abi.encodePacked(v, r, s)));
        _forgeries.push(Forgery("length 66", abi.encodePacked(r, s, v, uint8(0))));
        _forgeries.push(Forgery("length 96, as three words", abi.encode(r, s, v)));
        _forgeries.push(Forgery("length 130, twice", abi.encodePacked(r, s, v, r, s, v)));
    }

    function _forgeScalars(Account memory signer, bytes32 digest) private {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer.key, digest);
        uint8[6] memory vs = [0, 1, 26, 29, 55 - v, 255];
        for (uint256 i; i < vs.length; ++i) {
            _forgeries.push(Forgery("v", abi.encodePacked(r, s, vs[i])));
        }
        bytes32[4] memory bad = [bytes32(0), bytes32(ORDER), bytes32(type(uint256).max), bytes32(0)];
        for (uint256 i; i < bad.length; ++i) {
            if (i == 3) bad[i] = bytes32(uint256(r) ^ 2);
            _forgeries.push(Forgery("r", abi.encodePacked(bad[i], s, v)));
            if (i == 3) bad[i] = bytes32(uint256(s) ^ 2);
            _forgeries.push(Forgery("s", abi.encodePacked(r, bad[i], v)));
        }
        bytes32 high = bytes32(ORDER - uint256(s));
        _forgeries.push(Forgery("high s", abi.encodePacked(r, high, 55 - v)));
        _forgeries.push(Forgery("high s, the other parity", abi.encodePacked(r, high, v)));
    }

    function _forgeSigners(bytes32 digest) private {
        _forgeries.push(Forgery("a forger's", seal(makeAccount("forger"), digest)));
        _forgeries.push(Forgery("another forger's", seal(makeAccount("another forger"), digest)));
        _forgeries.push(Forgery("key 1's", seal(Account(vm.addr(1), 1), digest)));
    }

    function _forgePreimages(Account memory signer, bytes32 digest, bytes32 structHash) private {
        bytes32 personal = keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n32", digest));
        _forgeries.push(Forgery("a personal message", seal(signer, personal)));
        _forgeries.push(Forgery("the struct alone", seal(signer, structHash)));
        _forgeries.push(Forgery("the digest's hash", seal(signer, keccak256(abi.encode(digest)))));
        _forgeries.push(Forgery("nothing", seal(signer, bytes32(0))));
    }

    function _forgeDomains(Account memory signer, Domain memory domain, bytes32 structHash) private {
        string[3] memory texts = ["", "Seaport", "2"];
        for (uint256 i; i < texts.length; ++i) {
            Domain memory named = Domain(texts[i], domain.version, domain.chainId, domain.verifying);
            _forgeries.push(Forgery("domain's name", seal(signer, digestOf(named, structHash))));
            named = Domain(domain.name, texts[i], domain.chainId, domain.verifying);
            _forgeries.push(Forgery("domain's version", seal(signer, digestOf(named, structHash))));
        }
        uint256[4] memory chains = [uint256(0), 1, 8453, domain.chainId + 1];
        address[4] memory places =
            [address(0), address(this), signer.addr, address(uint160(domain.verifying) + 1)];
        for (uint256 i; i < 4; ++i) {
            if (chains[i] == domain.chainId) chains[i] = 84532;
            Domain memory moved = Domain(domain.name, domain.version, chains[i], domain.verifying);
            _forgeries.push(Forgery("chain", seal(signer, digestOf(moved, structHash))));
            moved = Domain(domain.name, domain.version, domain.chainId, places[i]);
            _forgeries.push(Forgery("contract", seal(signer, digestOf(moved, structHash))));
        }
    }
}
