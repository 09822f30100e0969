// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @dev An account whose answer to ERC-1271 is anything but the right one.
contract LyingAccount {
    enum Lie {
        WrongMagic,
        NoMagic,
        True,
        MagicAtTheEnd,
        FourBytes,
        NoData,
        MuchData,
        Reverts,
        RevertsWithMagic,
        BurnsAllGas,
        OldMagic
    }

    uint256 public constant LIES = 11;

    Lie private _lie;

    function setLie(uint256 lie) external {
        _lie = Lie(lie);
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        if (_lie == Lie.BurnsAllGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        (bool ok, bytes memory answer) = _answer();
        assembly ("memory-safe") {
            if ok { return(add(answer, 0x20), mload(answer)) }
            revert(add(answer, 0x20), mload(answer))
        }
    }

    function _answer() private view returns (bool ok, bytes memory answer) {
        bytes4 magic = this.isValidSignature.selector;
        if (_lie == Lie.WrongMagic) return (true, abi.encode(bytes4(0xffffffff)));
        if (_lie == Lie.NoMagic) return (true, abi.encode(bytes4(0)));
        if (_lie == Lie.True) return (true, abi.encode(true));
        if (_lie == Lie.MagicAtTheEnd) return (true, abi.encode(uint32(magic)));
        if (_lie == Lie.FourBytes) return (true, abi.encodePacked(magic));
        if (_lie == Lie.NoData) return (true, "");
        if (_lie == Lie.MuchData) return (true, new bytes(100_000));
        if (_lie == Lie.Reverts) return (false, "");
        if (_lie == Lie.RevertsWithMagic) return (false, abi.encode(magic));
        // The answer to `isValidSignature(bytes,bytes)`, ERC-1271's draft.
        return (true, abi.encode(bytes4(0x20c13b0b)));
    }
}
